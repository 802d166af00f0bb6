import { GatewayRouter } from './gateway/gateway-router.ts';
import { gatewayFiles } from './gateway/launch.ts';
import { haproxyFiles } from './haproxy/haproxy-files.ts';
import { HaproxyRouter } from './haproxy/haproxy-router.ts';
import type { Router, RouterKind, WebSocketPolicy } from './router.ts';

/** Which router an environment has, and where its files are. */
export interface RouterPlace {
	router: RouterKind;
	/** The environment's. */
	directory: string;
	webSockets: WebSocketPolicy;
}

/** The router of an environment, to give orders to; it need not run yet. */
export function openRouter({ router, directory, webSockets }: RouterPlace): Router {
	return router === 'gateway' ? new GatewayRouter(gatewayFiles(directory)) : new HaproxyRouter(haproxyFiles(directory), { webSockets });
}
