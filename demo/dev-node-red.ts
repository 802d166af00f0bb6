import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endChild, hasEnded } from './child.ts';

/** A developer's Node-RED: one process, its flows deployed by the admin API as the editor does. */
export interface DevNodeRed {
	/** `http://127.0.0.1:<port>` */
	url: string;
	pid: number;
	/** Replaces all flows and returns their rev. */
	deploy(flows: unknown[]): Promise<string>;
	/** Waits for its end. A clean stop closes connections in order; SIGKILL does not. */
	stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface DevNodeRedOptions {
	/** The folder that holds an installed `node-red`. */
	nodeRed: string;
	/** Made if it is not there. */
	userDir: string;
	/** What `${NAME}` in flows reads, besides our own environment. */
	variables: Record<string, string>;
	startMs?: number;
}

export async function startDevNodeRed(options: DevNodeRedOptions): Promise<DevNodeRed> {
	const { nodeRed, userDir, variables, startMs = 60_000 } = options;
	await mkdir(userDir, { recursive: true });
	const settings = join(userDir, 'settings.js');
	await writeFile(settings, settingsText);
	const child = spawn(process.execPath, [join(nodeRed, 'red.js'), '--userDir', userDir, '--settings', settings], {
		env: { ...process.env, ...variables },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	try {
		const url = await readUrl(child, startMs);
		return {
			url,
			pid: child.pid!,
			deploy: (flows) => deploy(url, flows),
			stop: (signal) => (signal === 'SIGKILL' ? endChild(child, 0) : endChild(child)),
		};
	} catch (error) {
		await endChild(child, 0);
		throw error;
	}
}

/** Port 0: the system chooses one, and Node-RED's log says which. Nothing leaves this machine. */
const settingsText = `module.exports = ${JSON.stringify(
	{
		uiPort: 0,
		uiHost: '127.0.0.1',
		flowFile: 'flows.json',
		credentialSecret: 'demo',
		telemetry: { enabled: false, updateNotification: false },
		editorTheme: { tours: false },
		logging: { console: { level: 'info', metrics: false, audit: false } },
	},
	null,
	'\t',
)};
`;

/** Resolves when Node-RED serves its admin API and its flows have started. */
function readUrl(child: ChildProcess, startMs: number): Promise<string> {
	return new Promise((resolve, reject) => {
		let log = '';
		const fail = (why: string) => reject(new Error(`The dev Node-RED ${why}. Its log ends:\n${log.slice(-2000)}`));
		const timer = setTimeout(() => fail(`did not start within ${startMs} ms`), startMs);
		const read = (chunk: Buffer) => {
			// After the start the log is only drained, so that the pipe never fills.
			if (log.length > 100_000) return;
			log += chunk;
			const url = /Server now running at (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
			if (url === undefined || !log.includes('Started flows')) return;
			clearTimeout(timer);
			resolve(url);
		};
		child.stdout?.on('data', read);
		child.stderr?.on('data', read);
		child.once('error', (error) => fail(`could not be started (${error.message})`));
		child.once('exit', () => {
			clearTimeout(timer);
			if (hasEnded(child)) fail('ended');
		});
	});
}

async function deploy(url: string, flows: unknown[]): Promise<string> {
	const response = await fetch(`${url}/flows`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json', 'Node-RED-API-Version': 'v2', 'Node-RED-Deployment-Type': 'full' },
		body: JSON.stringify({ flows }),
		signal: AbortSignal.timeout(30_000),
	});
	const body = await response.text();
	if (!response.ok) throw new Error(`${url}/flows answered ${response.status}: ${body}`);
	return (JSON.parse(body) as { rev: string }).rev;
}
