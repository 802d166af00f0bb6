import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { canonicalFlows } from '../../src/lib/flows/canonical.ts';
import { contentId } from '../../src/lib/snapshot/identity.ts';
import type { Snapshot, SnapshotContent } from '../../src/lib/snapshot/snapshot.ts';
import { folderFor, snapshotFiles } from '../../src/lib/snapshot/snapshot-files.ts';
import { generateFlows } from '../flows/generate.ts';

const STEP_MS = 60_000;
const START = Date.UTC(2020, 0, 1);

/** Snapshots of flows of so many nodes, each with one value changed, a minute apart. */
export function createMaker(nodes: number): (number: number) => Snapshot {
	const flows = canonicalFlows(generateFlows(nodes));
	const palette = Array.from({ length: 12 }, (_, index) => ({ name: `node-red-contrib-${index}`, version: `1.${index}.0`, types: [] }));
	return (number) => {
		const changed = flows.map((node, place) => (place === flows.length - 1 ? { ...node, name: `version ${number}` } : node));
		const content: SnapshotContent = { flows: canonicalFlows(changed), palette, nodeRed: { version: '5.0.7' } };
		return {
			id: contentId(content),
			content,
			source: { kind: 'admin-api', url: 'http://localhost:1880', rev: 'abc' },
			author: 'Ada <ada@example.org>',
			time: new Date(START + number * STEP_MS).toISOString(),
			message: `Version ${number}`,
		};
	};
}

/** A repository with a commit for each of these snapshots, as the store writes them, made by `git fast-import`. */
export async function fillStore(directory: string, count: number, make: (number: number) => Snapshot): Promise<void> {
	await git(directory, ['init', '--quiet', '--initial-branch=main', '.']);
	await git(directory, ['fast-import', '--quiet'], async (write) => {
		for (let number = 1; number <= count; number++) {
			const snapshot = make(number);
			const seconds = Math.floor(Date.parse(snapshot.time) / 1000);
			await write(`commit refs/heads/main\ncommitter ${snapshot.author} ${seconds} +0000\n${data(snapshot.message)}`);
			for (const [name, text] of snapshotFiles(snapshot)) await write(`M 100644 inline ${folderFor(snapshot.id)}/${name}\n${data(text)}`);
		}
	});
	await git(directory, ['reset', '--quiet', '--hard', 'main']);
}

function data(text: string): string {
	return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

export async function git(
	cwd: string,
	args: string[],
	feed: (write: (text: string) => Promise<void>) => Promise<void> = async () => {},
): Promise<void> {
	const child = spawn('git', args, { cwd, stdio: ['pipe', 'ignore', 'inherit'] });
	const ended = once(child, 'close');
	await feed(async (text) => {
		if (!child.stdin.write(text)) await once(child.stdin, 'drain');
	});
	child.stdin.end();
	const [status] = await ended;
	if (status !== 0) throw new Error(`git ${args[0]} ended with ${status}`);
}
