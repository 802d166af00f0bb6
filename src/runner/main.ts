/**
 * The runner's program: `node dist/runner/main.js`, with its configuration as JSON on the standard input. It lives on
 * when the process that started it ends, serves its control calls, and ends with SIGTERM.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { replaceFile } from '../lib/adapters/atomic-file.ts';
import { systemClock } from '../lib/adapters/clock.ts';
import { openStateDatabase } from '../lib/adapters/state-database.ts';
import { createControlServer, listenOnLoopback } from '../lib/control/server.ts';
import { leaseTables, SqliteLeaseStore } from '../lib/lease/sqlite-lease-store.ts';
import { sealCredentials } from '../lib/node-red/sealed-credentials.ts';
import type { CutOrder, RunnerAddress, RunnerConfig } from '../lib/targets/instance.ts';
import { Log } from './log.ts';
import { Runner } from './runner.ts';

/** Context as base64: `context.maxBytes` is at most 256 MiB, and a string of Node.js holds not much more than this. */
const MAX_CONTEXT_BODY_BYTES = 400 * 1024 * 1024;

const config = JSON.parse(await text(process.stdin)) as RunnerConfig;
const log = new Log(config.logFile);
setInterval(() => log.limit(), 60_000).unref();
const store = new SqliteLeaseStore(openStateDatabase(config.stateFile, leaseTables), systemClock());
// Node-RED opens the file with this at each start; nobody else ever can.
const credentialSecret = randomBytes(32).toString('hex');
await replaceFile(join(config.userDir, 'flows_cred.json'), sealCredentials(config.credentials, credentialSecret));
const runner = new Runner(config, { store, clock: systemClock(), log, pid: process.pid, credentialSecret });

const control = createControlServer(
	await readFile(config.tokenFile, 'utf8'),
	{
		'GET /status': async () => runner.status(),
		'POST /validate': (body) => runner.validate((body as { timeoutMs: number }).timeoutMs),
		'POST /gate': (body) => runner.gate((body as { timeoutMs: number }).timeoutMs),
		'POST /listen': (body) => {
			const { topic, timeoutMs } = body as { topic: string; timeoutMs: number };
			return runner.listen(topic, timeoutMs);
		},
		'POST /sentinel': (body) => runner.sendSentinel((body as { sentinel: number }).sentinel),
		'POST /streams': () => runner.streams(),
		'POST /activate': async (body) => {
			const { timeoutMs, order } = body as { timeoutMs: number; order?: CutOrder };
			return { gate: await runner.activate(timeoutMs, order) };
		},
		'POST /quiesce': (body) => runner.quiesce((body as { timeoutMs: number }).timeoutMs),
		'POST /drain': (body) => runner.drain((body as { deadlineMs: number }).deadlineMs),
		'POST /progress': (body) => runner.progress((body as { timeoutMs: number }).timeoutMs),
		'POST /context/export': (body) => {
			const { except, maxBytes, timeoutMs } = body as { except: string[]; maxBytes: number; timeoutMs: number };
			return runner.exportContext({ except, maxBytes }, timeoutMs);
		},
		'POST /context/import': {
			maxBodyBytes: MAX_CONTEXT_BODY_BYTES,
			handle: (body) => {
				const { values, timeoutMs } = body as { values: string; timeoutMs: number };
				return runner.importContext(values, timeoutMs);
			},
		},
		'POST /demote': (body) => {
			const { handOverTo, timeoutMs } = body as { handOverTo: string | null; timeoutMs: number };
			return runner.demote(handOverTo, timeoutMs);
		},
	},
	(error) => log.write('call failed', { error: String(error) }),
);

async function end(signal: string): Promise<never> {
	log.write('stopping', { signal });
	await runner.stop();
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
