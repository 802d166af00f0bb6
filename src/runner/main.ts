/**
 * The runner's program: `node dist/runner/main.js`, with its configuration as JSON on the standard input; or, as the program of a
 * container, `node main.js --config FILE`, so that it finds it at each start. It lives on when the process that started it
 * ends, serves its control calls, and ends with SIGTERM.
 */
import { randomBytes } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { text } from 'node:stream/consumers';
import { replaceFile } from '../lib/adapters/atomic-file.ts';
import { systemClock } from '../lib/adapters/clock.ts';
import { openStateDatabase } from '../lib/adapters/state-database.ts';
import type { RunUserCommand } from '../lib/adapters/user-command.ts';
import { createRedactor, type Redact } from '../lib/config/secrets.ts';
import { createControlServer, listenOnAll, listenOnLoopback } from '../lib/control/server.ts';
import { failoverTables, SqliteFailoverStore } from '../lib/failover/sqlite-failover-store.ts';
import { leaseTables, SqliteLeaseStore } from '../lib/lease/sqlite-lease-store.ts';
import { sealCredentials } from '../lib/node-red/sealed-credentials.ts';
import { journalTables, SqliteJournal } from '../lib/promotion/sqlite-journal.ts';
import { openRouter } from '../lib/routers/open-router.ts';
import type { FailoverConfig, RunnerAddress, RunnerConfig } from '../lib/targets/instance.ts';
import { RunnerInstance } from '../lib/targets/runner-instance.ts';
import { controlRoutes } from './control-routes.ts';
import { hashUsers } from './editor-users.ts';
import { Log } from './log.ts';
import { serveMetrics } from './metrics-port.ts';
import { NetworkWatch } from './network-watch.ts';
import type { NodeRedSecrets } from './node-red-process.ts';
import { restoreRelease } from './release-files.ts';
import { RoleHook } from './role-hook.ts';
import { Runner } from './runner.ts';

/** As in `FailoverConfig.membersFolder`. */
const ADDRESS_FILE = 'address.json';

/** A store that somebody else does not let go of must not keep the runner from what else it has to do before its lease ends. */
const STORE_BUSY_MS = 200;

/** Another instance's answer from memory. */
const PEER_ANSWER_MS = 1000;

/** A hook that runs when the runner is to end gets so long; whoever ended it waits. */
const LAST_HOOK_MS = 3_000;

const [option, configFile] = process.argv.slice(2);
const given = option === '--config' && configFile ? readFile(configFile, 'utf8') : text(process.stdin);
const config = JSON.parse(await given) as RunnerConfig;
const log = new Log(config.log);
setInterval(() => log.limit(), 60_000).unref();
const database = openStateDatabase(config.stateFile, leaseTables + journalTables + failoverTables, STORE_BUSY_MS);
const now = () => new Date();
// Node-RED opens the file with this at each start; nobody else ever can.
const credentialSecret = randomBytes(32).toString('hex');
const secrets: NodeRedSecrets = {
	credentialSecret,
	sealedCredentials: sealCredentials(config.credentials, credentialSecret),
	editorUsers: hashUsers(config.editor?.users ?? {}),
};
const { userDir, flowsFile } = config;
// Once before all else: who started this runner is to hear of a full disk, while a later start is tried until there is room.
await restoreRelease({ userDir, flowsFile, sealedCredentials: secrets.sealedCredentials });
const clock = systemClock();
const redact = createRedactor(config.commands.secrets);
const runCommand = commandsOf(config, redact);
const roles = new RoleHook(config, config.roleHook && { ...config.roleHook, run: runCommand }, log);
const leases = new SqliteLeaseStore(database, clock);
const failover = new SqliteFailoverStore(database, new SqliteJournal(database, now), now);
const world = config.failover && {
	...{
		leases,
		failover,
		clock,
		log,
		runCommand,
		redact,
		router: openRouter(config.failover.router),
	},
	members: () => membersOf(config),
	peer: (instance: string) => peerOf(config, instance),
};
const network = new NetworkWatch(config.network, log);
const runner = new Runner(config, { leases, failover, world, clock, log, roles, incarnation: incarnationOf(config), network, secrets });
if (config.metricsPort !== null)
	await serveMetrics(config.environment, { port: config.metricsPort, network: config.network }, () => runner.status(), log);

const control = createControlServer(await readFile(config.tokenFile, 'utf8'), controlRoutes(runner), (error) =>
	log.write('call failed', { error: String(error) }),
);

/** In a container each start has the same process id. */
function incarnationOf({ network }: RunnerConfig): string {
	return network.kind === 'loopback' ? String(process.pid) : `${hostname()}-${clock.nowMs()}`;
}

/** @returns the address for `RunnerAddress` */
async function listenForControl({ network }: RunnerConfig): Promise<string> {
	if (network.kind === 'loopback') return await listenOnLoopback(control);
	await listenOnAll(control, network.controlPort);
	return `http://${network.name}:${network.controlPort}`;
}

/** Null for what is no other instance of this one's slot. */
function peerOf(config: RunnerConfig, instance: string): RunnerInstance | null {
	const isPeer = instance !== config.instance && instance.startsWith(`${config.failover?.slot}/`);
	return isPeer && config.failover ? instanceAt(config, config.failover, instance) : null;
}

/** Those that have an address; whether anybody answers there shows when they are asked. */
function membersOf(config: RunnerConfig): RunnerInstance[] {
	const { failover } = config;
	if (!failover) return [];
	return globSync(join('*', '*', ADDRESS_FILE), { cwd: failover.membersFolder })
		.map((file) => file.split(sep).slice(0, 2).join('/'))
		.filter((instance) => instance !== config.instance)
		.map((instance) => instanceAt(config, failover, instance));
}

function instanceAt({ tokenFile }: RunnerConfig, { membersFolder }: FailoverConfig, instance: string): RunnerInstance {
	const addressFile = join(membersFolder, instance, ADDRESS_FILE);
	return new RunnerInstance(instance, { addressFile, tokenFile }, PEER_ANSWER_MS, async () => {});
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
	if (config.network.kind === 'container') await rm(config.addressFile, { force: true }).catch(() => {});
	process.exit(0);
}
// A second one changes nothing: whoever asks again must not cut the end short, with the lease still held.
let ending: Promise<never> | undefined;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
	process.on(signal, () => {
		if (!ending) ending = end(signal);
	});
}

await mkdir(dirname(config.addressFile), { recursive: true, mode: 0o700 });
await replaceFile(
	config.addressFile,
	JSON.stringify({ pid: process.pid, controlUrl: await listenForControl(config) } satisfies RunnerAddress),
);
await runner.run();
