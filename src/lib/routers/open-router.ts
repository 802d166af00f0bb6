import { GatewayRouter } from './gateway/gateway-router.ts';
import { gatewayFiles } from './gateway/launch.ts';
import { haproxyFiles } from './haproxy/haproxy-files.ts';
import { HaproxyRouter } from './haproxy/haproxy-router.ts';
import type { Router, RouterKind, RouterProgram, WebSocketPolicy } from './router.ts';

/** Which router an environment has, and by what an instance orders it. */
export type RouterPlace =
	| RouterProgramPlace
	/** Its own pod: by the gateway beside it, and its own label. */
	| { router: 'service' };

/** A router that is a program of the environment's own, and where its files are. */
export interface RouterProgramPlace {
	router: RouterProgram;
	/** The environment's. */
	directory: string;
	webSockets: WebSocketPolicy;
}

/** The program that an environment has where it is no Service's. */
export function programOf({
	router,
	directory,
	webSockets,
}: Omit<RouterProgramPlace, 'router'> & { router: RouterKind }): RouterProgramPlace {
	return { router: router === 'haproxy' ? router : 'gateway', directory, webSockets };
}

/** The router of an environment, to give orders to; it need not run yet. */
export function openRouter({ router, directory, webSockets }: RouterProgramPlace): Router {
	return router === 'gateway' ? new GatewayRouter(gatewayFiles(directory)) : new HaproxyRouter(haproxyFiles(directory), { webSockets });
}
