import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../../demo/project.ts';
import { accepts } from './accepts.ts';
import { describeWithServer } from './describe-with-server.ts';

/** A Mosquitto of the test's own, on a port that stays the same over restarts. It forgets its sessions when it ends. */
export interface Mosquitto {
	host: string;
	port: number;
	/** `mqtt://<host>:<port>` */
	url: string;
	/** Ends it and removes its folder. */
	stop(): Promise<void>;
	/** SIGKILL: the machine that it runs on is gone. `restart` brings it back. */
	kill(): Promise<void>;
	/** Ends what runs and starts it again on the same port. */
	restart(): Promise<void>;
}

/** The server's program, or undefined where it is not installed. Debian keeps it in a folder that is not on every PATH. */
export function findMosquitto(): string | undefined {
	const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];
	return folders.map((folder) => join(folder, 'mosquitto')).find((path) => existsSync(path));
}

export interface MosquittoOptions {
	/** The topics that clients may subscribe to and publish on; default: all. */
	readable?: string[];
	/** The address that it listens on; default: the loopback's. */
	host?: string;
	/** More lines of its configuration: `max_queued_messages 0`. */
	more?: string[];
}

export async function startMosquitto({ readable, host = '127.0.0.1', more = [] }: MosquittoOptions = {}): Promise<Mosquitto> {
	const program = findMosquitto();
	if (program === undefined) throw new Error('mosquitto is not installed');
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-mosquitto-'));
	const port = await findFreePort();
	const configFile = join(folder, 'mosquitto.conf');
	// As root it would otherwise change to a user of its own.
	const config = [
		`listener ${port} ${host}`,
		'allow_anonymous true',
		'persistence false',
		'log_dest stderr',
		'set_tcp_nodelay true',
		...more,
	];
	if (readable) {
		const rules = join(folder, 'topics');
		await writeFile(rules, readable.map((topic) => `topic readwrite ${topic}\n`).join(''), { mode: 0o600 });
		config.push(`acl_file ${rules}`);
	}
	await writeFile(configFile, `${[...config, `user ${userInfo().username}`].join('\n')}\n`);

	const start = () => startServer(program, configFile, { host, port });
	let server = await start();
	return {
		host,
		port,
		url: `mqtt://${host}:${port}`,
		async stop() {
			await endServer(server, 'SIGTERM');
			await rm(folder, { recursive: true, force: true });
		},
		kill: () => endServer(server, 'SIGKILL'),
		async restart() {
			await endServer(server, 'SIGTERM');
			server = await start();
		},
	};
}

/** `describe` for tests that need Mosquitto. */
export function describeWithMosquitto(name: string, tests: () => void): void {
	describeWithServer('mosquitto', findMosquitto(), name, tests);
}

async function startServer(program: string, configFile: string, at: { host: string; port: number }): Promise<ChildProcess> {
	const server = spawn(program, ['-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
	let log = '';
	server.stderr?.on('data', (chunk) => {
		log = (log + chunk).slice(-2000);
	});
	for (const deadline = Date.now() + 5000; Date.now() < deadline; await sleep(10)) {
		if (server.exitCode !== null) throw new Error(`mosquitto ended at once:\n${log}`);
		if (await accepts(at)) return server;
	}
	await endServer(server, 'SIGKILL');
	throw new Error(`mosquitto does not listen on ${at.host}:${at.port}:\n${log}`);
}

async function endServer(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (server.exitCode !== null || server.signalCode !== null) return;
	const ended = once(server, 'exit');
	server.kill(signal);
	await ended;
}
