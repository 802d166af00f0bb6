import { connect, createServer, isIP, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectTestCluster } from './describe-with-kubernetes.ts';

/** Between two looks whether another test that does the same has ended. */
const AGAIN_MS = 100;

/**
 * Has pods reach an API server that listens on loopback alone, at the address that it tells them: by a listener there, of this process. Where
 * another test has one there already, this one takes its place when that ends. Where pods reach the server anyway there is nothing to do.
 * @returns ends it
 */
export async function relayApiServer(): Promise<() => void> {
	const { core, config } = connectTestCluster('default');
	const server = new URL(config.getCurrentCluster()?.server ?? '');
	const { subsets = [] } = await core.readNamespacedEndpoints({ namespace: 'default', name: 'kubernetes' });
	const [host, port] = [subsets[0]?.addresses?.[0]?.ip ?? '', subsets[0]?.ports?.[0]?.port ?? 0];
	if (!server.hostname.startsWith('127.') || isIP(host) === 0) return () => {};
	const sockets = new Set<Socket>();
	const relay = createServer((socket) => {
		const onward = connect(Number(server.port), server.hostname);
		for (const [from, to] of [
			[socket, onward],
			[onward, socket],
		] as const) {
			sockets.add(from);
			from.pipe(to);
			from.on('error', () => to.destroy());
			from.on('close', () => {
				sockets.delete(from);
				to.destroy();
			});
		}
	});
	let isOver = false;
	const untilListening = async () => {
		while (!isOver && (await fault(relay, host, port)) === 'EADDRINUSE') await sleep(AGAIN_MS, undefined, { ref: false });
		if (isOver) relay.close();
	};
	if ((await fault(relay, host, port)) === 'EADDRINUSE') void untilListening();
	return () => {
		isOver = true;
		relay.close();
		for (const socket of sockets) socket.destroy();
	};
}

/** Why it cannot listen there; null: it does. */
function fault(server: Server, host: string, port: number): Promise<string | null> {
	return new Promise((resolve) => {
		const end = (code: string | null) => {
			server.off('error', onError).off('listening', onListening);
			resolve(code);
		};
		const onError = (error: NodeJS.ErrnoException) => end(error.code ?? error.message);
		const onListening = () => end(null);
		server.on('error', onError).on('listening', onListening).listen(port, host);
	});
}
