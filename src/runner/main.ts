/**
 * The runner's program: `node dist/runner/main.js`, with its configuration as JSON on the standard input. It lives on
 * when the process that started it ends, serves its control calls, and ends with SIGTERM.
 */
import { randomBytes } from 'node:crypto';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { text } from 'node:stream/consumers';
import { replaceFile } from '../lib/adapters/atomic-file.ts';
import { systemClock } from '../lib/adapters/clock.ts';
import { openStateDatabase } from '../lib/adapters/state-database.ts';
import type { RunUserCommand } from '../lib/adapters/user-command.ts';
import { createRedactor } from '../lib/config/secrets.ts';
import { createControlServer, listenOnLoopback } from '../lib/control/server.ts';
import { failoverTables, SqliteFailoverStore } from '../lib/failover/sqlite-failover-store.ts';
import { leaseTables, SqliteLeaseStore } from '../lib/lease/sqlite-lease-store.ts';
import { sealCredentials } from '../lib/node-red/sealed-credentials.ts';
import { journalTables, SqliteJournal } from '../lib/promotion/sqlite-journal.ts';
import { openRouter } from '../lib/routers/open-router.ts';
import type { RunnerAddress, RunnerConfig } from '../lib/targets/instance.ts';
import { ProcessInstance } from '../lib/targets/process/process-instance.ts';
import { controlRoutes } from './control-routes.ts';
import { Log } from './log.ts';
import { serveMetrics } from './metrics-port.ts';
import { RoleHook } from './role-hook.ts';
import { Runner } from './runner.ts';

/** A store that somebody else does not let go of must not keep the runner from what else it has to do before its lease ends. */
const STORE_BUSY_MS = 200;

/** Another instance's answer from memory. */
const PEER_ANSWER_MS = 1000;

/** A hook that runs when the runner is to end gets so long; whoever ended it waits. */
const LAST_HOOK_MS = 3_000;

const config = JSON.parse(await text(process.stdin)) as RunnerConfig;
const log = new Log(config.logFile);
setInterval(() => log.limit(), 60_000).unref();
const database = openStateDatabase(config.stateFile, leaseTables + journalTables + failoverTables, STORE_BUSY_MS);
const now = () => new Date();
// Node-RED opens the file with this at each start; nobody else ever can.
const credentialSecret = randomBytes(32).toString('hex');
await replaceFile(join(config.userDir, 'flows_cred.json'), sealCredentials(config.credentials, credentialSecret));
const runCommand = commandsOf(config);
const roles = new RoleHook(config, config.roleHook && { ...config.roleHook, run: runCommand }, log);
const leases = new SqliteLeaseStore(database, systemClock());
const failover = new SqliteFailoverStore(database, new SqliteJournal(database, now), now);
const clock = systemClock();
const world = config.failover && {
	...{
		leases,
		failover,
		clock,
		log,
		runCommand,
		redact: createRedactor(config.commands.secrets),
		router: openRouter(config.failover.router),
	},
	members: () => membersOf(config),
	peer: (instance: string) => peerOf(config, instance),
};
const runner = new Runner(config, { leases, failover, world, clock, log, roles, pid: process.pid, credentialSecret });
if (config.metricsPort !== null) await serveMetrics(config.environment, config.metricsPort, () => runner.status(), log);

const control = createControlServer(await readFile(config.tokenFile, 'utf8'), controlRoutes(runner), (error) =>
	log.write('call failed', { error: String(error) }),
);

function peerOf({ failover, tokenFile }: RunnerConfig, instance: string): ProcessInstance | null {
	const addressFile = failover?.peers[instance];
	return addressFile ? new ProcessInstance(instance, { addressFile, tokenFile }, PEER_ANSWER_MS, async () => {}) : null;
}

/** Those that have an address; whether anybody answers there shows when they are asked. */
function membersOf({ failover, tokenFile, instance }: RunnerConfig): ProcessInstance[] {
	if (!failover) return [];
	const { membersFolder } = failover;
	const addressFiles = globSync(join('*', '*', 'address.json'), { cwd: membersFolder });
	return addressFiles
		.map((file) => ({ name: file.split(sep).slice(0, 2).join('/'), addressFile: join(membersFolder, file) }))
		.filter(({ name }) => name !== instance)
		.map(({ name, addressFile }) => new ProcessInstance(name, { addressFile, tokenFile }, PEER_ANSWER_MS, async () => {}));
}

/** Hooks and probes; what runs them is loaded with the first. */
function commandsOf({ commands: { folder, variables, secrets } }: RunnerConfig): RunUserCommand {
	return async (call) => {
		const { userCommands } = await import('../lib/adapters/user-command.ts');
		return await userCommands(folder, createRedactor(secrets))({ ...call, variables: { ...variables, ...call.variables } });
	};
}

async function end(signal: string): Promise<never> {
	log.write('stopping', { signal });
	await runner.stop();
	await roles.settled(LAST_HOOK_MS);
	process.exit(0);
}
// A second one changes nothing: whoever asks again must not cut the end short, with the lease still held.
let ending: Promise<never> | undefined;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
	process.on(signal, () => {
		if (!ending) ending = end(signal);
	});
}

await replaceFile(
	config.addressFile,
	JSON.stringify({ pid: process.pid, controlUrl: await listenOnLoopback(control) } satisfies RunnerAddress),
);
await runner.run();
