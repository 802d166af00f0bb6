import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { connectEngine, type Engine } from '../../src/lib/targets/docker/engine.ts';
import { type Authority, createAuthority } from './engine-certificates.ts';
import { createNamespace } from './network-namespace.ts';
import { until } from './until.ts';

export interface OwnEngineOptions {
	/** Listens on TCP, too, with TLS, at an address that is reached from this machine and nowhere else. */
	tls?: boolean;
	/** Of the containers' networks: the pool that the Engine takes subnets from, as dockerd's `--default-address-pool`. */
	addressPool?: string;
	/** On top of dockerd's arguments. */
	args?: string[];
	/** What starts its programs, such as `nsenter --mount=…`. */
	within?: readonly string[];
}

/**
 * A Docker Engine of a test's own, which it may kill and restart: dockerd and a containerd, in a network namespace of its
 * own, so that neither its bridges nor its rules of iptables meet those of the machine's Engine. Needs root on Linux.
 */
export interface OwnEngine {
	/** `unix:///…/docker.sock` */
	host: string;
	/** Of the namespace, from this machine: where published ports are. */
	ip: string;
	/** This machine, as its containers reach it. */
	machine: string;
	/** What starts a program beside its own. */
	within: readonly string[];
	/** Of the link between the namespace and this machine. */
	interfaces: { inside: string; outside: string };
	/** `tcp://10.…:2376` */
	tcp: string;
	/** Where its certificates come from; only with `tls`. */
	authority: Authority | undefined;
	/** A new connection over the socket. */
	connect(): Promise<Engine>;
	/** Brings an image over from another Engine; fails after `limitMs`. */
	loadImage(from: Dockerode, image: string, limitMs?: number): Promise<void>;
	start(): Promise<void>;
	/** SIGKILL to dockerd, as in a crash: containerd and the containers run on. */
	kill(): Promise<void>;
	/** SIGSTOP and SIGCONT: it accepts connections, and does not answer. */
	freeze(): void;
	thaw(): void;
	/** As `systemctl restart docker`: containers are stopped, and those with a restart policy come again. */
	restart(): Promise<void>;
	/** Ends everything and removes everything: containers, mounts, namespace, files. */
	stop(): Promise<void>;
	/** The end of dockerd's log. */
	log(): Promise<string>;
}

const START_MS = 60_000;
const STOP_MS = 30_000;

export async function startOwnEngine(options: OwnEngineOptions = {}): Promise<OwnEngine> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-engine-'));
	const id = folder.slice(-6);
	const namespace = `flowferry-${id}`;
	const link = createNamespace(namespace, id);
	const socket = join(folder, 'docker.sock');
	const execRoot = join(folder, 'exec');
	const authority = options.tls ? await createAuthority(join(folder, 'tls')) : undefined;
	const server = await authority?.issue('server', 'serverAuth', `IP:${link.inside},DNS:engine.test`);
	const tlsArgs =
		authority && server
			? ['-H', `tcp://${link.inside}:2376`, '--tlsverify', '--tlscacert', authority.ca, '--tlscert', server.cert, '--tlskey', server.key]
			: [];
	const containerd = await startContainerd(join(folder, 'containerd'), options.within ?? []);
	// Not `ip netns exec`, which takes /sys/fs/cgroup away.
	const within = ['nsenter', `--net=/run/netns/${namespace}`, ...(options.within ?? [])];
	const args = [
		...[
			'--containerd',
			containerd.socket,
			'--data-root',
			join(folder, 'data'),
			'--exec-root',
			execRoot,
			'--pidfile',
			join(folder, 'docker.pid'),
			'-H',
			`unix://${socket}`,
		],
		...(options.addressPool ? ['--default-address-pool', options.addressPool] : []),
		...tlsArgs,
		...(options.args ?? []),
	];
	const logFile = join(folder, 'dockerd.log');
	let daemon: ChildProcess | undefined;

	const connect = () => connectEngine({ host: `unix://${socket}`, env: {} });
	const answers = async () => {
		if (daemon?.exitCode !== null) throw new Error(`dockerd ended:\n${lastLines(readFileSync(logFile, 'utf8'))}`);
		const engine = await connect().catch(() => undefined);
		engine?.close();
		return engine !== undefined;
	};
	const ended = async (signal: NodeJS.Signals) => {
		if (daemon) await endProcess(daemon, signal);
		daemon = undefined;
	};
	const start = async () => {
		const log = openSync(logFile, 'a');
		daemon = spawn('env', [...within, 'dockerd', ...args], { stdio: ['ignore', log, log] });
		closeSync(log);
		await until(answers, `the Engine in ${folder} answers`, START_MS);
	};
	const stop = async () => {
		try {
			if (daemon === undefined) await start();
			daemon?.kill('SIGCONT');
			await removeContainers(await connect());
		} finally {
			await ended('SIGTERM');
			await endProcess(containerd.process, 'SIGTERM');
			await endShims(containerd.socket);
			unmountBelow(folder);
			execFileSync('ip', ['netns', 'delete', namespace]);
			await rm(folder, { recursive: true, force: true, maxRetries: 5 });
		}
	};

	try {
		await start();
	} catch (error) {
		await stop().catch(() => undefined);
		throw error;
	}
	return {
		host: `unix://${socket}`,
		ip: link.inside,
		machine: link.outside,
		within,
		interfaces: link.interfaces,
		tcp: `tcp://${link.inside}:2376`,
		authority,
		connect,
		loadImage: (from, image, limitMs = 120_000) => carryImage(from, connect, image, limitMs),
		start,
		kill: () => ended('SIGKILL'),
		freeze: () => daemon?.kill('SIGSTOP'),
		thaw: () => daemon?.kill('SIGCONT'),
		restart: async () => {
			await ended('SIGTERM');
			await start();
		},
		stop,
		log: async () => lastLines(await readFile(logFile, 'utf8')),
	};
}

/** Brings an image from one Engine to another; fails after `limitMs`. */
export async function carryImage(from: Dockerode, connect: () => Promise<Engine>, image: string, limitMs: number): Promise<void> {
	const engine = await connect();
	const signal = AbortSignal.timeout(limitMs);
	const archive = await from.getImage(image).get();
	signal.addEventListener('abort', () =>
		(archive as unknown as { destroy(error: Error): void }).destroy(new Error(`${image} took too long`)),
	);
	const answer = await engine.docker.loadImage(archive);
	await new Promise<void>((resolve, reject) => {
		engine.docker.modem.followProgress(answer, (error) => (error ? reject(error) : resolve()));
	});
	engine.close();
}

async function removeContainers(engine: Engine): Promise<void> {
	const containers = await engine.docker.listContainers({ all: true });
	await Promise.all(containers.map(({ Id }) => engine.docker.getContainer(Id).remove({ force: true, v: true })));
	engine.close();
}

/** Apart from dockerd, as a system's services are: one that dockerd starts dies with it. */
async function startContainerd(folder: string, within: readonly string[]): Promise<{ socket: string; process: ChildProcess }> {
	await mkdir(folder);
	const socket = join(folder, 'containerd.sock');
	const config = join(folder, 'config.toml');
	await writeFile(config, 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n');
	const log = openSync(join(folder, 'containerd.log'), 'a');
	const places = ['--root', join(folder, 'root'), '--state', join(folder, 'state'), '--address', socket];
	const child = spawn('env', [...within, 'containerd', '--config', config, ...places], { stdio: ['ignore', log, log] });
	closeSync(log);
	await until(() => existsSync(socket), 'containerd listens', START_MS);
	return { socket, process: child };
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exit = once(child, 'exit');
	// SIGKILL does not wait for it; one that went on for a moment would answer what waits.
	if (signal !== 'SIGKILL') child.kill('SIGCONT');
	child.kill(signal);
	const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
	await exit;
	clearTimeout(timer);
}

/** Where the containers could not be removed: each has a process of its own that names containerd's socket. */
async function endShims(socket: string): Promise<void> {
	const children = new Map<string, string[]>();
	const shims: string[] = [];
	for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
		const [command, status] = await Promise.all(
			['cmdline', 'stat'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
		);
		if (command!.includes('containerd-shim') && command!.includes(socket)) shims.push(pid);
		const parent = status!.slice(status!.lastIndexOf(')') + 2).split(' ')[1];
		if (parent) children.set(parent, [...(children.get(parent) ?? []), pid]);
	}
	for (const shim of shims) {
		for (const pid of [...(children.get(shim) ?? []), shim]) process.kill(Number(pid), 'SIGKILL');
	}
}

function unmountBelow(folder: string): void {
	const mounts = readFileSync('/proc/self/mounts', 'utf8')
		.split('\n')
		.map((line) => line.split(' ')[1] ?? '')
		.filter((path) => path.startsWith(`${folder}/`));
	for (const path of mounts.reverse()) execFileSync('umount', ['--lazy', path]);
}

const lastLines = (text: string) => text.trim().split('\n').slice(-15).join('\n');
