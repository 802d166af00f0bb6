import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Log } from '../../../src/runner/log.ts';

describe("an instance's log", () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-log-'));
	});
	afterEach(() => rm(folder, { recursive: true }));

	it('is put aside when it has grown too large, and goes on in the same file', async () => {
		const file = join(folder, 'blue-0.log');
		const log = new Log({ kind: 'file', path: file }, 100);
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

describe("the log of a container's instance", () => {
	const program = fileURLToPath(new URL('../../../src/runner/log.ts', import.meta.url));
	/** Into a pipe, as a container's: what Node.js itself opens for a child is a socket. */
	const pipeInto = async (reader: string, then: string) => {
		const code = `import { Log } from ${JSON.stringify(program)};
			const log = new Log({ kind: 'stdout', where: 'docker logs x' });
			log.limit();
			${then}`;
		const node = [process.execPath, '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code];
		const child = spawn('sh', ['-c', `{ "$@"; echo "status $?" >&2; } | ${reader}`, 'sh', ...node]);
		return await Promise.all([text(child.stdout), text(child.stderr)]);
	};

	it('is the standard output', async () => {
		const [out] = await pipeInto('cat', "log.write('hello', { descriptor: log.descriptor });");
		expect(JSON.parse(out)).toMatchObject({ runner: 'hello', descriptor: 1 });
	});

	it('is not waited for where nobody reads it', async () => {
		const writing = `const began = performance.now();
			for (let line = 0; line < 5000; line++) log.write('line', { filler: 'x'.repeat(100) });
			console.error('took', performance.now() - began);`;
		const [, told] = await pipeInto('sleep 6', writing);
		expect(told).toContain('status 0');
		expect(Number(/took ([\d.]+)/.exec(told)?.[1])).toBeLessThan(5000);
	});
});
