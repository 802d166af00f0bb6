import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openGitStore } from '../../src/lib/snapshot/git-store.ts';
import { ownRepository } from '../../src/lib/snapshot/store-home.ts';
import { sampleSnapshot } from '../support/snapshots.ts';

const run = promisify(execFile);
const writer = fileURLToPath(new URL('../support/store-writer.ts', import.meta.url));

let folder: string;
let env: Record<string, string | undefined>;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry crash '));
	env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const open = (name: string) => openGitStore(ownRepository(at(name), env), { remote: at('remote.git'), push: 'manual' });

/** Starts it in a group of its own, with its git, and kills the group so many milliseconds after it has begun. @returns whether it had ended */
async function killed(afterMs: number, ...args: string[]): Promise<boolean> {
	const child = spawn(process.execPath, [writer, ...args], { env: { ...env }, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
	const closed = once(child, 'close');
	let said = '';
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
	while (!said.includes('begun')) await sleep(1);
	await sleep(afterMs);
	if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
	await closed;
	return said.includes('done');
}

/** Does what a refusal says: a lock file that git left is named, and may be removed where no git runs; a killed git may leave several. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const { code, message } = error as { code?: string; message: string };
		const file = /'([^']+\.lock)'/.exec(message)?.[1];
		if (code !== 'GIT_LOCKED' || file === undefined) throw error;
		await rm(file);
		return await retried(work);
	}
}

const STEP_MS = 60;
const LONG_MS = 300_000;

it.each(['put', 'pull', 'prune'])(
	'a %s that is killed loses nothing, and the next command ends it',
	async (action) => {
		await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', at('remote.git')], { env });
		const other = open('other');
		const kept = sampleSnapshot('kept');
		await other.put(kept);
		await other.push();
		let rounds = 0;
		for (let ended = false; !ended; rounds++) {
			const topic = `round ${rounds}`;
			const snapshot = sampleSnapshot(topic);
			await retried(() => open('mine').pull());
			if (action === 'pull') {
				await other.put(snapshot);
				await other.push();
			}
			if (action === 'prune') await retried(() => open('mine').put(snapshot));
			ended = await killed(rounds * STEP_MS, at('mine'), at('remote.git'), action, topic);

			const mine = open('mine');
			expect((await retried(() => mine.list())).filter(({ state }) => state === 'corrupt')).toEqual([]);
			expect(await mine.get(kept.id)).toEqual(kept);
			if (action === 'put') await retried(() => mine.put(snapshot));
			if (action === 'pull') await retried(() => mine.pull());
			if (action === 'prune') await retried(() => mine.remove([snapshot.id], 'Prune'));
			const ids = (await mine.list()).map(({ id }) => id);
			expect(ids.includes(snapshot.id)).toBe(action !== 'prune');
			// What git's own lock kept from being written is written now.
			await retried(() => mine.put(sampleSnapshot('after')));
			expect((await run('git', ['-C', at('mine'), 'status', '--porcelain'], { env })).stdout).toBe('');
			expect(await mine.verify()).toMatchObject({ damaged: [], repository: [] });
		}
		expect(rounds).toBeGreaterThan(2);
	},
	LONG_MS,
);

it('takes what several processes store at once', async () => {
	const topics = Array.from({ length: 6 }, (_, index) => `topic ${index}`);
	await Promise.all(topics.map((topic) => run(process.execPath, [writer, at('mine'), '-', 'put', topic], { env })));
	const ids = (await open('mine').list()).map(({ id }) => id);
	expect(ids.sort()).toEqual(topics.map((topic) => sampleSnapshot(topic).id).sort());
	expect((await run('git', ['-C', at('mine'), 'status', '--porcelain'], { env })).stdout).toBe('');
});
