import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesOfFile } from '../../../src/lib/adapters/lines-of-file.ts';

let folder: string;
let file: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-lines-'));
	file = join(folder, 'log');
});
afterEach(() => rm(folder, { recursive: true }));

async function tailOf(tail: number): Promise<string[]> {
	const lines: string[] = [];
	for await (const line of linesOfFile(file, { tail, follow: null })) lines.push(line);
	return lines;
}

describe('the last lines of a file', () => {
	it('are as many as asked for, one without an end among them', async () => {
		await writeFile(file, 'one\ntwo\nthree\nfo');
		expect(await tailOf(10)).toEqual(['one', 'two', 'three', 'fo']);
		expect(await tailOf(2)).toEqual(['two', 'three', 'fo']);
		expect(await tailOf(0)).toEqual([]);
	});

	it('are none of a file that is empty or not there', async () => {
		expect(await tailOf(10)).toEqual([]);
		await writeFile(file, '');
		expect(await tailOf(10)).toEqual([]);
	});

	it('survive the borders of what is read at once', async () => {
		const lines = Array.from({ length: 5000 }, (_, index) => `${index} ${'ä€😀'.repeat(7)}`);
		await writeFile(file, `${lines.join('\n')}\n`);
		expect(await tailOf(10_000)).toEqual(lines);
	});
});

describe('a file that is followed', () => {
	it('gives what is added, also after it was emptied, until it is told to stop', async () => {
		await writeFile(file, 'old\nlast\n');
		const stop = new AbortController();
		const lines = linesOfFile(file, { tail: 1, follow: stop.signal });
		const next = async () => (await lines.next()).value;
		expect(await next()).toBe('last');
		await appendFile(file, 'ad');
		await appendFile(file, 'ded\n');
		expect(await next()).toBe('added');
		await truncate(file);
		await appendFile(file, 'anew\n');
		expect(await next()).toBe('anew');
		const end = lines.next();
		stop.abort();
		expect(await end).toEqual({ value: undefined, done: true });
	});
});
