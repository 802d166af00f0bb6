import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessLog } from '../../../src/gateway/access-log.ts';
import type { EndedVisit } from '../../../src/gateway/ended-visit.ts';
import { pathOf } from '../../../src/gateway/ended-visit.ts';

const visit: EndedVisit = {
	kind: 'request',
	client: '127.0.0.1',
	method: 'GET',
	path: '/one',
	status: 200,
	whole: true,
	ms: 3,
	instance: 'blue/0',
};

describe('the access log', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-access-'));
	});
	afterEach(() => rm(folder, { recursive: true }));

	it('writes a line for each visit, for its owner alone, and goes on where it was', async () => {
		const file = join(folder, 'access.log');
		for (const path of ['/one', '/two']) {
			const log = new AccessLog({ file, maxBytes: 10_000 }, () => {});
			log.add({ ...visit, path });
			await log.close();
		}
		const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
		expect(lines.map((line) => JSON.parse(line))).toEqual(['/one', '/two'].map((path) => ({ ...visit, path, time: expect.any(String) })));
		expect((await stat(file)).mode & 0o777).toBe(0o600);
	});

	it('never takes more room than it may, and keeps the newest lines', async () => {
		const maxBytes = 4_000;
		const log = new AccessLog({ file: join(folder, 'access.log'), maxBytes }, () => {});
		for (let count = 0; count < 200; count++) {
			log.add({ ...visit, path: `/${count}` });
			await log.flush();
		}
		await log.close();
		const names = (await readdir(folder)).toSorted();
		expect(names).toEqual(['access.log', 'access.log.1']);
		const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
		expect(sizes[0]! + sizes[1]!).toBeLessThanOrEqual(maxBytes);
		expect(await readFile(join(folder, 'access.log'), 'utf8')).toContain('"/199"');
	});

	it('drops lines, and says how many, where the disk does not take them', async () => {
		const said: unknown[] = [];
		const log = new AccessLog({ file: join(folder, 'nowhere', 'access.log'), maxBytes: 4_000 }, (event, details) =>
			said.push(event, details),
		);
		for (let count = 0; count < 10_000; count++) log.add(visit);
		await log.close();
		expect(said).toEqual(['access-log-failed', expect.anything(), 'access-log-dropped', { lines: expect.any(Number) }]);
	});

	it('knows paths, and neither queries nor endless ones', () => {
		expect(pathOf('/a/b?token=secret')).toBe('/a/b');
		expect(pathOf('/a#secret')).toBe('/a');
		expect(pathOf(undefined)).toBe('');
		expect(pathOf(`/${'x'.repeat(9000)}`)).toHaveLength(501);
	});
});
