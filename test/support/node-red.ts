import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface NodeRedOptions {
	/** Default 5. */
	version?: 4 | 5;
	/** Written as `flows.json` where given. */
	flows?: unknown;
	/** Merged over the defaults; only what JSON can say. */
	settings?: Record<string, unknown>;
	/** Used as it is and left there; default: a temporary folder that `stop` removes. */
	userDir?: string;
	/** Called with the user directory before the start: a place to lay out a palette. */
	prepare?: (userDir: string) => Promise<void>;
}

export interface RunningNodeRed {
	/** `http://127.0.0.1:PORT`, without the admin root. */
	url: string;
	userDir: string;
	pid: number;
	/** Everything it has printed so far. */
	output(): string;
	/** Ends the process and removes the temporary folder. Idempotent. */
	stop(): Promise<void>;
}

/** Starts a real Node-RED on a free port and resolves once its flows are started (or stopped, if the settings say so). */
export async function startNodeRed(options: NodeRedOptions = {}): Promise<RunningNodeRed> {
	const userDir = options.userDir ?? (await mkdtemp(join(tmpdir(), 'flowferry-node-red-')));
	const settings = { uiPort: 0, uiHost: '127.0.0.1', flowFile: 'flows.json', credentialSecret: 'test', ...options.settings };
	await writeFile(join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(settings)};\n`);
	if (options.flows !== undefined) await writeFile(join(userDir, 'flows.json'), JSON.stringify(options.flows));
	await options.prepare?.(userDir);

	const program = options.version === 4 ? 'node-red-4' : 'node-red';
	const script = fileURLToPath(new URL(`../../node_modules/${program}/red.js`, import.meta.url));
	const child = spawn(process.execPath, [script, '--userDir', userDir], {
		detached: true,
		cwd: userDir,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let text = '';
	for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));

	let stopping: Promise<void> | undefined;
	const stop = () => {
		stopping ??= endGroup(child).then(() => (options.userDir === undefined ? rm(userDir, { recursive: true, force: true }) : undefined));
		return stopping;
	};
	try {
		const url = await waitForStart(child, () => text);
		return { url, userDir, pid: child.pid!, output: () => text, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

function waitForStart(child: ChildProcess, output: () => string): Promise<string> {
	return new Promise((resolve, reject) => {
		const fail = (why: string) => reject(new Error(`Node-RED ${why}:\n${output()}`));
		const timer = setTimeout(() => fail('did not start within 30 s'), 30_000);
		child.once('exit', (code, signal) => {
			clearTimeout(timer);
			fail(`ended with ${code ?? signal}`);
		});
		child.stdout!.on('data', () => {
			const address = /Server now running at (http:\/\/127\.0\.0\.1:\d+)/.exec(output());
			if (address === null || !/Started flows|Stopped flows|Flows stopped|Waiting for missing types/.test(output())) return;
			clearTimeout(timer);
			resolve(address[1]!);
		});
	});
}

/** Node-RED is the leader of a group of its own: an npm that it started ends with it, instead of writing on into the folder. */
async function endGroup(child: ChildProcess): Promise<void> {
	await endChild(child);
	try {
		process.kill(-child.pid!, 'SIGKILL');
	} catch {
		// Nobody was left.
	}
}

async function endChild(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
	await ended;
	clearTimeout(timer);
}
