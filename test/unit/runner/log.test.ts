import { appendFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '../../../src/runner/log.ts';

describe("an instance's log", () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-log-'));
	});
	afterEach(() => rm(folder, { recursive: true }));

	it('is put aside when it has grown too large, and goes on in the same file', async () => {
		const file = join(folder, 'blue-0.log');
		const log = new Log(file, 100);
		log.write('small', {});
		log.limit();
		appendFileSync(file, 'x'.repeat(200));
		log.limit();
		log.write('afterwards', {});
		expect(await readFile(`${file}.1`, 'utf8')).toMatch(/small.*x{200}/s);
		expect(await readFile(file, 'utf8')).toMatch(/^\{[^\n]*"afterwards"\}\n$/);
		for (const name of [file, `${file}.1`]) expect((await stat(name)).mode & 0o777).toBe(0o600);
	});
});
