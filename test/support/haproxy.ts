import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type HaproxyFiles, haproxyFiles } from '../../src/lib/routers/haproxy/haproxy-files.ts';
import { HaproxyRouter } from '../../src/lib/routers/haproxy/haproxy-router.ts';
import { type HaproxyLaunch, startHaproxy } from '../../src/lib/routers/haproxy/launch.ts';
import { readHaproxyState } from '../../src/lib/routers/haproxy/state-file.ts';
import { stopHaproxy } from '../../src/lib/routers/haproxy/stop.ts';
import { describeWithServer } from './describe-with-server.ts';
import { freePort } from './gateway.ts';

export interface TestHaproxy {
	router: HaproxyRouter;
	files: HaproxyFiles;
	launch: HaproxyLaunch;
	port: number;
	url: string;
	/** Of the process that runs now. */
	pid(): Promise<number>;
	start(): Promise<void>;
	remove(): Promise<void>;
}

/** The server's program, or undefined where it is not installed. */
export function findInstalledHaproxy(): string | undefined {
	const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];
	return folders.map((folder) => join(folder, 'haproxy')).find((path) => existsSync(path));
}

/** A real HAProxy as a process of its own, on a free port, in a temporary folder. */
export async function startTestHaproxy(options: Partial<HaproxyLaunch> = {}): Promise<TestHaproxy> {
	const directory = await mkdtemp(join(tmpdir(), 'flowferry-haproxy-'));
	const files = haproxyFiles(directory);
	const port = await freePort();
	const launch = { name: 'production', host: '127.0.0.1', port, files, holdMs: 30_000, searchPath: process.env.PATH ?? '', ...options };
	const start = () => startHaproxy(launch);
	await start();
	return {
		router: new HaproxyRouter(files),
		files,
		launch,
		port,
		url: `http://127.0.0.1:${port}`,
		pid: async () => (await readHaproxyState(files.stateFile))?.pid ?? Number.NaN,
		start,
		remove: async () => {
			await stopHaproxy(files);
			await rm(directory, { recursive: true });
		},
	};
}

/** `describe` for tests that need HAProxy. */
export function describeWithHaproxy(name: string, tests: () => void): void {
	describeWithServer('haproxy', findInstalledHaproxy(), name, tests);
}
