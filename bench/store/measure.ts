import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Snapshot } from '../../src/lib/snapshot/snapshot.ts';
import { serialiseSnapshot } from '../../src/lib/snapshot/snapshot-document.ts';
import { snapshotFiles } from '../../src/lib/snapshot/snapshot-files.ts';
import { type Spread, spreadOf } from '../speed/statistics.ts';
import { fillStore, git } from './fill.ts';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const run = promisify(execFile);
/** What `verify --all` prints of a damaged store is short; what `show --json` prints is a snapshot. */
const MAX_BUFFER = 64 * 1024 * 1024;

export interface StoreCost {
	/** In the store. */
	snapshots: number;
	/** In each. */
	nodes: number;
	operation: string;
	/** Milliseconds. */
	cost: Spread;
}

/** Whole processes, one after the other, in turn, round after round. */
export async function measureStore(
	folder: string,
	snapshots: number,
	nodes: number,
	make: (number: number) => Snapshot,
	rounds: number,
): Promise<StoreCost[]> {
	const project = join(folder, `${snapshots}x${nodes}`);
	const store = join(project, '.flowferry', 'snapshots');
	await mkdir(store, { recursive: true });
	await writeFile(join(project, 'flowferry.yaml'), 'dev: { userDir: dev }\nenvironments: { production: { mode: hot-spare } }\n');
	await fillStore(store, snapshots, make);
	let next = snapshots;
	const prefix = () => make(Math.max(1, Math.floor(Math.random() * snapshots))).id.slice(0, 12);
	const operations: [string, () => Promise<() => Promise<unknown>>][] = [
		['flowferry --version', async () => () => cli('--version')],
		['flowferry snapshot list', async () => () => cli('snapshot', 'list')],
		[
			'flowferry snapshot show PREFIX',
			async () => {
				const id = prefix();
				return () => cli('snapshot', 'show', id);
			},
		],
		[
			'flowferry snapshot import (put)',
			async () => {
				await writeFile(join(project, 'new.json'), serialiseSnapshot(make(++next)));
				return () => cli('snapshot', 'import', 'new.json');
			},
		],
		[
			'git add and git commit of as much',
			async () => {
				const at = join('plain', String(++next));
				await mkdir(join(store, at), { recursive: true });
				for (const [name, text] of snapshotFiles(make(next))) await writeFile(join(store, at, name), text);
				return async () => {
					await git(store, ['add', '--', at]);
					await git(store, ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-m', 'plain', '--', at]);
				};
			},
		],
		['flowferry snapshot verify', async () => () => cli('snapshot', 'verify')],
		['git fsck', async () => () => git(store, ['fsck', '--no-dangling', '--no-progress'])],
	];
	const times = new Map(operations.map(([name]) => [name, [] as number[]]));
	for (let round = 0; round < rounds; round++) {
		for (const [name, prepare] of operations) {
			const perform = await prepare();
			const start = performance.now();
			await perform();
			times.get(name)!.push(performance.now() - start);
		}
	}
	return operations.map(([operation]) => ({ snapshots, nodes, operation, cost: spreadOf(times.get(operation)!)! }));

	async function cli(...args: string[]): Promise<void> {
		await run(process.execPath, [program, ...args], { cwd: project, maxBuffer: MAX_BUFFER });
	}
}
