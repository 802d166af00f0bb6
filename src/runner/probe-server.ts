import { createServer, type Server } from 'node:http';
import type { InstanceState } from '../lib/targets/instance.ts';

/**
 * It stands, or is on its way from one to another: a drain of its node counts on it, and it is not taken out of the traffic while a
 * promotion holds that before it.
 */
const ready: readonly InstanceState[] = ['standby', 'gated', 'activating', 'active', 'quiesced', 'demoting'];

/**
 * Answers a kubelet, which has no token of ours, with a status alone: `GET /live` with 200 while this process turns and has not given up
 * on its Node-RED, `GET /ready` with 200 while the instance stands; else with 503, and anything else with 404.
 */
export function createProbeServer(state: () => InstanceState): Server {
	const probes: Record<string, () => boolean> = {
		'GET /live': () => state() !== 'failed',
		'GET /ready': () => ready.includes(state()),
	};
	return createServer((request, response) => {
		const probe = probes[`${request.method} ${request.url}`];
		const status = probe === undefined ? 404 : probe() ? 200 : 503;
		response.writeHead(status, { 'content-length': 0, connection: 'close' }).end();
	});
}
