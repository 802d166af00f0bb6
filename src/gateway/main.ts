import { GatewayExit, type GatewayFailure } from '../lib/routers/gateway/protocol.ts';
import { Gateway } from './gateway.ts';
import { readGatewayConfig, readToken } from './gateway-config.ts';
import { createLog } from './log.ts';
import { StartFailure } from './start-failure.ts';

/*
 * The gateway's program: `node main.js <config.json>`. It outlives the command that starts it. Exit status 0 after
 * SIGTERM, SIGINT or a shutdown by the control API; 2 where it cannot serve, with one line of JSON on stderr.
 */

// Whoever started it may be gone and have closed its end: a line that nobody reads is no reason to stop serving.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

const log = createLog((line) => process.stdout.write(line));

// One bad connection must not cost all the others. Nothing is known to come here; what does is a defect, and is logged.
process.on('uncaughtException', (error) => log('uncaught', { message: error.message, stack: error.stack }));

try {
	const config = readGatewayConfig(process.argv[2]);
	const token = readToken(config.tokenFile);
	const starting = Gateway.start({ config, token, pid: process.pid, log, stopped: () => process.exit(GatewayExit.stopped) });
	// From the first moment in which it can be reached: a signal that comes before it has written its state must not cut off who is served.
	const stop = () => starting.then((gateway) => gateway.stop()).catch(() => {});
	for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
	await starting;
} catch (error) {
	const { facts, status } = explain(error as Error);
	process.stderr.write(`${JSON.stringify(facts)}\n`);
	process.exit(status);
}

function explain(error: Error): { facts: GatewayFailure; status: number } {
	if (error instanceof StartFailure) return { facts: error.facts, status: GatewayExit.cannotServe };
	const facts = { code: 'GATEWAY_FAILED', message: error.message, hint: 'Look into the log of the gateway.' };
	return { facts, status: GatewayExit.failed };
}
