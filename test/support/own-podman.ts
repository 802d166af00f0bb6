import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { connectEngine, type Engine } from '../../src/lib/targets/docker/engine.ts';
import { findPodman, PODMAN_PACKAGES } from './find-podman.ts';
import { findProgram } from './find-program.ts';
import { createNamespace } from './network-namespace.ts';
import { carryImage } from './own-engine.ts';
import { until } from './until.ts';

/**
 * Podman's service with everything of its own: storage, settings, and namespaces for its networks and mounts, so that nothing of it
 * meets a Podman or an Engine of the machine's. Needs root on Linux.
 */
export interface OwnPodman {
	/** `unix:///…/podman.sock` */
	host: string;
	/** Of the namespace, from this machine: where published ports are. */
	ip: string;
	/** This machine, as its containers reach it. */
	machine: string;
	/** As Podman tells it: `4.3.1`. */
	version: string;
	connect(): Promise<Engine>;
	/** Brings an image over from an Engine. */
	loadImage(from: Dockerode, image: string): Promise<void>;
	/** Ends the service, which containers do not need, and starts it again. */
	restart(): Promise<void>;
	/** Ends everything and removes everything. */
	stop(): Promise<void>;
}

const START_MS = 60_000;
const LOAD_MS = 120_000;

/** `describe` for tests that start a Podman of their own; where they cannot they are skipped, loudly. */
export function describeWithPodman(name: string, tests: () => void): void {
	const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
	if (isRoot && findPodman() !== undefined) {
		describe(name, tests);
	} else {
		const why = isRoot ? `not all of them are installed: ${PODMAN_PACKAGES.join(', ')}` : 'this is not root on Linux';
		process.stderr.write(`\n!!! SKIPPED, ${why}: ${name}\n\n`);
		describe.skip(name, tests);
	}
}

export async function startOwnPodman(): Promise<OwnPodman> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-podman-'));
	const id = folder.slice(-6);
	const namespace = `flowferry-${id}`;
	const link = createNamespace(namespace, id);
	const env = await settingsIn(folder);
	const host = `unix://${join(folder, 'podman.sock')}`;
	const podman = ['podman', 'system', 'service', '--time=0', host];
	const within = ['nsenter', `--net=/run/netns/${namespace}`];
	const connect = () => connectEngine({ host, env: {} });
	let mounts: ChildProcess | undefined;
	let service: ChildProcess | undefined;

	/** In namespaces that last as long as the first of the processes here, while the service comes and goes. */
	const start = async () => {
		mounts ??= spawn('env', [...within, 'unshare', '--mount', 'sh', '-c', MOUNTS], { stdio: ['pipe', 'pipe', 'inherit'] });
		if (service === undefined) await once(mounts.stdout as NodeJS.ReadableStream, 'data');
		const log = openSync(join(folder, 'podman.log'), 'a');
		service = spawn('nsenter', [`--net=/run/netns/${namespace}`, `--mount=/proc/${mounts.pid}/ns/mnt`, ...podman], {
			env: { ...process.env, ...env },
			stdio: ['ignore', log, log],
		});
		closeSync(log);
		await until(() => answers(connect), `Podman in ${folder} answers`, START_MS);
	};
	const end = async () => {
		if (!service || service.exitCode !== null || service.signalCode !== null) return;
		const ended = once(service, 'exit');
		service.kill();
		await ended;
	};
	const stop = async () => {
		try {
			const { docker, close } = await connect();
			for (const { Id } of await docker.listContainers({ all: true })) await docker.getContainer(Id).remove({ force: true, v: true });
			close();
		} finally {
			await end();
			// Each program that was begun in a container leaves one for five minutes.
			await endProcesses(folder);
			// The last of the namespace of mounts.
			mounts?.stdin?.end();
			execFileSync('ip', ['netns', 'delete', namespace]);
			await rm(folder, { recursive: true, force: true, maxRetries: 5 });
		}
	};

	try {
		await start();
		const { docker, close } = await connect();
		const { Version: version } = await docker.version();
		close();
		return {
			host,
			ip: link.inside,
			machine: link.outside,
			version,
			connect,
			loadImage: (from, image) => carryImage(from, connect, image, LOAD_MS),
			restart: async () => {
				await end();
				await start();
			},
			stop,
		};
	} catch (error) {
		await stop().catch(() => undefined);
		throw error;
	}
}

/**
 * What a Podman of the machine's has below /run is not this one's. Without udev a bridge takes its address from what is connected to
 * it, so that it has another one after each container that comes or goes: it is to tell the others.
 */
const MOUNTS = `
mount --make-rprivate / && mkdir -p /run/containers && mount -t tmpfs none /run/containers &&
echo 1 > /proc/sys/net/ipv4/conf/default/arp_notify && echo mounted && read -r _
`;

/** @returns where Podman finds them */
async function settingsIn(folder: string): Promise<NodeJS.ProcessEnv> {
	const [containers, storage, runtime] = ['containers.conf', 'storage.conf', 'runtime'].map((file) => join(folder, file)) as [
		string,
		string,
		string,
	];
	const program = findProgram('crun') ?? findProgram('runc');
	await writeFile(
		containers,
		`[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
runtime = "unlimited"
tmp_dir = "${folder}/tmp"
volume_path = "${folder}/volumes"
[network]
network_backend = "netavark"
network_config_dir = "${folder}/networks"
[engine.runtimes]
unlimited = ["${runtime}"]
`,
	);
	await writeFile(storage, `[storage]\ndriver = "overlay"\ngraphroot = "${folder}/storage"\nrunroot = "${folder}/run"\n`);
	// Podman raises the limits of containers, which not every root may.
	await writeFile(
		runtime,
		`#!/bin/sh
previous=
for word in "$@"; do
	case $previous in
		--bundle) sed -i -E 's/,"rlimits":\\[[^]]*\\]//' "$word/config.json" ;;
		--process) sed -i -E 's/,"rlimits":\\[[^]]*\\]//' "$word" ;;
	esac
	previous=$word
done
exec ${program} "$@"
`,
	);
	await chmod(runtime, 0o755);
	return { CONTAINERS_CONF: containers, CONTAINERS_STORAGE_CONF: storage };
}

async function answers(connect: () => Promise<Engine>): Promise<boolean> {
	const engine = await connect().catch(() => undefined);
	engine?.close();
	return engine !== undefined;
}

/** Podman's watchers of what runs in containers, each of which names the folder. */
async function endProcesses(folder: string): Promise<void> {
	for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
		const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
		if (command.split('\0')[0]?.endsWith('conmon') && command.includes(`${folder}/`)) process.kill(Number(pid), 'SIGKILL');
	}
}
