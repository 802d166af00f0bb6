/**
 * The keeper's program, in a container beside an environment's instances: it has their files, and needs no port.
 * - `main.js stand`: stands by the router for as long as the environment is there
 * - `main.js session keep|close`: answers the calls of one command on its standard input and output; the word is what becomes of
 *   WebSockets at a cutover
 * - `main.js tunnel HOST PORT`: passes its standard input and output on to a port within the environment's network
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENVIRONMENT_FOLDER } from '../lib/keeper/folders.ts';
import { openKeeper, restoreTraffic } from '../lib/keeper/keeper.ts';
import { serveSession } from '../lib/keeper/serve.ts';
import { haproxyFiles } from '../lib/routers/haproxy/haproxy-files.ts';
import { HaproxyRouter } from '../lib/routers/haproxy/haproxy-router.ts';
import type { WebSocketPolicy } from '../lib/routers/router.ts';

const LOOK_MS = 500;

const [role, ...args] = process.argv.slice(2);
switch (role) {
	case 'session':
		await session(args[0] as WebSocketPolicy);
		break;
	case 'tunnel':
		tunnel(args[0] as string, Number(args[1]));
		break;
	default:
		await stand();
}

/** HAProxy knows nothing of the traffic when the engine has started it again. */
async function stand(): Promise<never> {
	for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
	const files = haproxyFiles(ENVIRONMENT_FOLDER);
	const router = new HaproxyRouter(files);
	let fault = '';
	for (;;) {
		const found = await restoreTraffic(router, files.stateFile).then(() => '', String);
		if (found !== fault)
			console.log(JSON.stringify({ time: new Date().toISOString(), keeper: found === '' ? 'the router is in order' : found }));
		fault = found;
		await sleep(LOOK_MS);
	}
}

async function session(webSockets: WebSocketPolicy): Promise<void> {
	const opening = openKeeper(ENVIRONMENT_FOLDER, webSockets).then(({ api }) => api);
	await serveSession(opening, process.stdin, process.stdout);
	// What is still under way is nobody's any more.
	process.exit(0);
}

function tunnel(host: string, port: number): void {
	const socket = connect(port, host);
	process.stdin.pipe(socket).pipe(process.stdout);
	socket.on('error', (error) => {
		console.error(error.message);
		process.exitCode = 1;
	});
	// Whoever waits at the other end is to see that this one has closed; what was to be written is written by then.
	socket.on('close', () => process.exit());
}
