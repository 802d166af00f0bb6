/** Names that mean a device on Windows, with whatever extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** What some file system forbids, and what nobody sees. */
const FORBIDDEN = /[<>:"/\\|?*\p{C}\p{Zl}\p{Zp}]+/gu;
const LONGEST_BYTES = 100;

/** File names that any file system takes and that say which label they stand for. */
export class FileNames {
	readonly #names = new Map<string, string>();

	/**
	 * Gives each label a name. Labels that would share one, also where only case differs, all get their id behind it.
	 * @param labels `key` finds the name again; `id` tells labels apart, else `key` does
	 */
	claim(labels: readonly { key: string; label: string; id?: string }[]): void {
		const counts = new Map<string, number>();
		const plain = labels.map((entry) => ({ ...entry, name: safeFileName(entry.label) }));
		for (const { name } of plain) counts.set(folded(name), (counts.get(folded(name)) ?? 0) + 1);
		const taken = new Set<string>();
		for (const { key, id = key, name } of plain) {
			const wanted = counts.get(folded(name)) === 1 ? name : `${name} (${safeFileName(id)})`;
			let free = wanted;
			for (let number = 2; taken.has(folded(free)); number++) free = `${wanted} ${number}`;
			taken.add(folded(free));
			this.#names.set(key, free);
		}
	}

	of(key: string): string {
		return this.#names.get(key)!;
	}
}

/** A label as a file name, without extension. */
export function safeFileName(label: string): string {
	const plain = shortened(label.normalize('NFC').toWellFormed().replace(FORBIDDEN, '-')).replace(/^[ .-]+|[ .]+$/g, '');
	if (plain === '') return 'unnamed';
	return RESERVED.test(plain) ? `_${plain}` : plain;
}

function shortened(text: string): string {
	let bytes = 0;
	let kept = '';
	for (const character of text) {
		bytes += Buffer.byteLength(character);
		if (bytes > LONGEST_BYTES) break;
		kept += character;
	}
	return kept;
}

function folded(name: string): string {
	return name.normalize('NFKD').toLowerCase();
}
