import { colourOr, opacityOr } from '../../../src/lib/drawing/colour.ts';
import { escapeHtml, shorten, textOf } from '../../../src/lib/drawing/escape.ts';

describe('text in the HTML report', () => {
	it.each([
		['</script><script>', '&lt;/script&gt;&lt;script&gt;'],
		['" onload="x', '&quot; onload=&quot;x'],
		["' onload='x", '&#39; onload=&#39;x'],
		['`x`', '&#96;x&#96;'],
		['&lt;', '&amp;lt;'],
		['a\u2028b\u2029c', 'a\uFFFDb\uFFFDc'],
		['\0\u0007\u0085', '\uFFFD\uFFFD\uFFFD'],
		['half \ud83d of a pair', 'half \uFFFD of a pair'],
		['Дозатор 充填機 🏭\ttab\nline', 'Дозатор 充填機 🏭\ttab\nline'],
	])('%j is %j', (text, escaped) => {
		expect(escapeHtml(text)).toBe(escaped);
	});

	it('is cut at a length, never inside a surrogate pair', () => {
		expect(shorten('abcdef', 6)).toBe('abcdef');
		expect(shorten('abcdefg', 6)).toBe('abcde…');
		expect(shorten('abcd🏭🏭', 6)).toBe('abcd…');
	});

	it('is nothing where a property is no text', () => {
		expect([5, true, 'x', null, undefined, {}, { toString: 1 }, ['a']].map(textOf)).toEqual(['5', 'true', 'x', '', '', '', '', '']);
	});
});

describe('colours and opacities out of flow files', () => {
	it.each(['red', '#abc', '#A6BBCF', '#a6bbcf80', 'rgb(231, 231, 174)', 'rgba(0,0,0,.5)', 'hsl(120 50% 50%)'])('%s is a colour', (text) => {
		expect(colourOr(text, 'none of it')).toBe(text);
	});

	it.each([
		'url(http://example.invalid/x)',
		'red" onload="x',
		'red;x:y',
		'var(--x)',
		'expression(x)',
		'rgb(url(x))',
		'',
		'#',
		{ toString: 1 },
		7,
		null,
	])('%j is none', (value) => {
		expect(colourOr(value, undefined)).toBeUndefined();
	});

	it('an opacity is a number from 0 to 1, or its digits', () => {
		expect([0, 0.5, 1, '0.5', '1', '', '1;x', 2, -1, Number.NaN, {}, null].map((value) => opacityOr(value, 'none'))).toEqual([
			...[0, 0.5, 1, 0.5, 1],
			...Array(7).fill('none'),
		]);
	});
});
