/**
 * The runner's program: `node dist/runner/main.js`, with its configuration as JSON on the standard input; or, as the program of a
 * container, `node main.js --config FILE`, so that it finds it at each start; or, in a pod, `node main.js --config-folder FOLDER`, where
 * that of the pod `…-1` is `1.json`. It lives on when the process that started it
 * ends, serves its control calls, and ends with SIGTERM.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceFile } from '../lib/adapters/atomic-file.ts';
import { anchoredClock, systemClock } from '../lib/adapters/clock.ts';
import type { RunUserCommand } from '../lib/adapters/user-command.ts';
import { createRedactor, type Redact } from '../lib/config/secrets.ts';
import { createControlServer, listenOnAll, listenOnLoopback } from '../lib/control/server.ts';
import { ordinalOf, ports } from '../lib/kubernetes/names.ts';
import type { OwnPod } from '../lib/kubernetes/own-pod.ts';
import { sealCredentials } from '../lib/node-red/sealed-credentials.ts';
import { openRouter } from '../lib/routers/open-router.ts';
import type { FailoverConfig, RunnerAddress, RunnerConfig } from '../lib/targets/instance.ts';
import { controlRoutes } from './control-routes.ts';
import { hashUsers } from './editor-users.ts';
import { Lives } from './lives.ts';
import { Log } from './log.ts';
import { membersByPods, membersInFolder } from './members.ts';
import { serveMetrics } from './metrics-port.ts';
import { NetworkWatch } from './network-watch.ts';
import type { NodeRedSecrets } from './node-red-process.ts';
import { freeOfTheDead } from './predecessor.ts';
import { createProbeServer } from './probe-server.ts';
import { restoreRelease } from './release-files.ts';
import { RoleHook } from './role-hook.ts';
import { Runner } from './runner.ts';
import type { FailoverWorld } from './self-failover.ts';
import { openSharedState } from './state.ts';

/** A hook that runs when the runner is to end gets so long; whoever ended it waits. */
const LAST_HOOK_MS = 3_000;

/** Between two attempts to reach the cluster at the start. */
const CLUSTER_AGAIN_MS = 500;

/** What a cluster tells its pods; elsewhere the name is of no account. */
const { POD_NAME: podName = hostname(), POD_IP: podAddress = null, POD_UID: podUid = podName } = process.env;

const config = withImage(JSON.parse(await givenConfig(process.argv.slice(2))) as RunnerConfig);
const log = new Log(config.log);
setInterval(() => log.limit(), 60_000).unref();
// Node-RED opens the file with this at each start; nobody else ever can.
const credentialSecret = randomBytes(32).toString('hex');
const secrets: NodeRedSecrets = {
	credentialSecret,
	sealedCredentials: sealCredentials(config.credentials, credentialSecret),
	editorUsers: hashUsers(config.editor?.users ?? {}),
};
const { userDir, flows } = config;
// Once before all else: who started this runner is to hear of a full disk, while a later start is tried until there is room.
await restoreRelease({ userDir, flows, sealedCredentials: secrets.sealedCredentials });
// Pods may be on several hosts, and compare times.
const clock = config.network.kind === 'pod' ? anchoredClock() : systemClock();
const redact = createRedactor(config.commands.secrets);
const runCommand = commandsOf(config, redact);
const roles = new RoleHook(config, config.roleHook && { ...config.roleHook, run: runCommand }, log);
const pod = await patiently(() => ownPodOf(config));
const { leases, failover } = await patiently(() => openSharedState(config.state, clock, pod));
const world = config.failover && worldOf(config, config.failover);
const network = new NetworkWatch(config.network, log, { podAddress });
const container = containerOf(config);
// In a container each start has the same process id.
const incarnation = container === null ? String(process.pid) : `${container}.${clock.nowMs()}`;
const lives = config.network.kind === 'container' && config.addressFile !== null ? new Lives(dirname(config.addressFile)) : null;
// Without it, whoever comes after this runner waits for the end of its lease.
const endLife = await lives?.begin(incarnation).catch((error) => log.write('its life is not on record', { error: String(error) }));
const runner = new Runner(config, { leases, failover, world, clock, log, roles, incarnation, network, secrets });
if (config.metricsPort !== null)
	await serveMetrics(config.environment, { port: config.metricsPort, network: config.network }, () => runner.status(), log);

if (config.network.kind === 'pod') await listenOnAll(createProbeServer(() => runner.status().state).unref(), ports.probes);

const control = createControlServer(await readFile(config.tokenFile, 'utf8'), controlRoutes(runner), (error) =>
	log.write('call failed', { error: String(error) }),
);

/** Who made a pod does not see what its image has in its environment: where programs are, for one. */
function withImage(given: RunnerConfig): RunnerConfig {
	if (given.network.kind !== 'pod') return given;
	const { POD_NAME, POD_IP, POD_UID, ...image } = process.env as Record<string, string>;
	const commands = { ...given.commands, variables: { ...image, ...given.commands.variables } };
	return { ...given, commands, variables: { ...image, ...given.variables } };
}

function givenConfig([option, path]: string[]): Promise<string> {
	if (path && option === '--config') return readFile(path, 'utf8');
	if (path && option === '--config-folder') return readFile(join(path, `${ordinalOf(podName)}.json`), 'utf8');
	return text(process.stdin);
}

/**
 * A cluster whose API server is away, or does not know the pod's rights yet, is waited for: a runner that ends is started again ever more
 * slowly, up to five minutes after that.
 */
async function patiently<T>(open: () => Promise<T>): Promise<T> {
	for (let told = ''; ; await sleep(CLUSTER_AGAIN_MS)) {
		try {
			return await open();
		} catch (error) {
			if (config.network.kind !== 'pod') throw error;
			if (String(error) !== told) log.write('waits for the cluster', { error: String(error) });
			told = String(error);
		}
	}
}

/** Others need not wait for what this container's runner of before held; where that cannot be told now, they do. */
async function letGoOfTheDead(place: string): Promise<void> {
	// Of a pod's containers the kubelet's word is as good: it makes another only where the one before has ended.
	const hasEnded = async (before: string) => (lives ? await lives.hasEnded(before) : true);
	try {
		const seats = await freeOfTheDead(leases, { instance: config.instance, place }, hasEnded);
		if (seats.length > 0) log.write('freed what the runner before held', { seats });
	} catch (error) {
		log.write('what the runner before held ends by itself', { error: String(error) });
	}
}

/** The pod or container, in which runners may be started again and again; null on a machine, where nothing does that. */
function containerOf({ network }: RunnerConfig): string | null {
	if (network.kind === 'loopback') return null;
	return network.kind === 'pod' ? podUid : network.id;
}

/** @returns the address for `RunnerAddress` */
async function listenForControl({ network }: RunnerConfig): Promise<string> {
	if (network.kind === 'loopback') return await listenOnLoopback(control);
	const { name, port } = network.kind === 'pod' ? { name: podAddress, port: ports.control } : { ...network, port: network.controlPort };
	await listenOnAll(control, port);
	return `http://${name}:${port}`;
}

/** Null where this is none. What speaks to a cluster is loaded there alone. */
async function ownPodOf({ state, instance, tokenFile }: RunnerConfig): Promise<OwnPod | null> {
	if (state.kind !== 'cluster') return null;
	const { openOwnPod } = await import('../lib/kubernetes/own-pod.ts');
	return await openOwnPod({ prefix: state.prefix, instance, tokenFile });
}

function worldOf(config: RunnerConfig, { slot, members: place, router }: FailoverConfig): FailoverWorld {
	const members = place.kind === 'folder' ? membersInFolder(place.path, config.tokenFile) : membersByPods(inPod().pods, config.tokenFile);
	const ownRouter = router.router === 'service' ? inPod().router : null;
	return {
		...{ leases, failover, clock, log, runCommand, redact, ownRouter },
		router: router.router === 'service' ? inPod().router : openRouter(router),
		members: () => members.all().filter(({ name }) => name !== config.instance),
		peer: (instance) => (instance !== config.instance && instance.startsWith(`${slot}/`) ? members.named(instance) : null),
	};
}

function inPod(): OwnPod {
	if (!pod) throw new Error(`${config.instance} is to find others in a cluster, and its state is in none`);
	return pod;
}

/** Hooks and probes; what runs them is loaded with the first. */
function commandsOf({ commands: { folder, variables } }: RunnerConfig, redact: Redact): RunUserCommand {
	return async (call) => {
		const { userCommands } = await import('../lib/adapters/user-command.ts');
		return await userCommands(folder, redact)({ ...call, variables: { ...variables, ...call.variables } });
	};
}

async function end(signal: string): Promise<never> {
	log.write('stopping', { signal });
	await runner.stop();
	await roles.settled(LAST_HOOK_MS);
	// The name of a container that has ended is unknown to the others, as is that of one that is cut off: see `Confirmation`.
	if (config.network.kind === 'container' && config.addressFile !== null) await rm(config.addressFile, { force: true }).catch(() => {});
	await endLife?.();
	process.exit(0);
}
// A second one changes nothing: whoever asks again must not cut the end short, with the lease still held.
let ending: Promise<never> | undefined;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
	process.on(signal, () => {
		if (!ending) ending = end(signal);
	});
}

const controlUrl = await listenForControl(config);
// Whoever listens there is the only runner of its container.
if (container !== null) await letGoOfTheDead(container);
if (config.addressFile !== null) {
	await mkdir(dirname(config.addressFile), { recursive: true, mode: 0o700 });
	await replaceFile(config.addressFile, JSON.stringify({ pid: process.pid, controlUrl } satisfies RunnerAddress));
}
await runner.run();
