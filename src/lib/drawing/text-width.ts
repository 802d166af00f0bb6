/**
 * Widths of Helvetica and the fonts made to its measures (Arial, Liberation Sans), in thousandths of the font's size.
 * The editor measures labels in the reader's browser; these are the fonts it asks for first.
 */
const charactersByWidth: Record<number, string> = {
	191: "'",
	222: 'ijl',
	260: '|',
	278: ' !,./:;I[\\]ft',
	333: '()-`r',
	334: '{}',
	355: '"',
	389: '*',
	469: '^',
	500: 'Jckszvxy',
	556: '#$0123456789?L_abdeghnopqu',
	584: '+<=>~',
	611: 'FTZ',
	667: '&ABEKPSVXY',
	722: 'CDHNRUw',
	778: 'GOQ',
	833: 'Mm',
	889: '%',
	944: 'W',
	1000: '—…',
	1015: '@',
};
const widths = new Map(Object.entries(charactersByWidth).flatMap(([width, text]) => Array.from(text, (letter) => [letter, Number(width)])));

/** East Asian scripts and pictures fill a square. */
const square =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\u3000-\u303F\uFF01-\uFF60]/u;
const unmarked = /\p{Mn}/gu;
/** About what letters of other alphabets take. */
const ORDINARY = 556;

/** How wide a line of text is, in whole pixels, as the browser's `offsetWidth` has it. */
export function measureText(text: string, fontSize = 14): number {
	let thousandths = 0;
	for (const letter of text.replace(/\s+/g, ' ').trim().normalize('NFD').replace(unmarked, '')) {
		thousandths += widths.get(letter) ?? (square.test(letter) ? 1000 : ORDINARY);
	}
	return Math.round((thousandths * fontSize) / 1000);
}
