import type { NamedEnvironment } from '../config/environment-of.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { gatewayFiles, startGateway } from './gateway/launch.ts';
import { stopGateway } from './gateway/stop.ts';
import { haproxyFiles } from './haproxy/haproxy-files.ts';
import { startHaproxy } from './haproxy/launch.ts';
import { stopHaproxy } from './haproxy/stop.ts';
import { openRouter, programOf } from './open-router.ts';
import type { Router, RouterProgram } from './router.ts';
import { routerNames, routerPrograms } from './router.ts';

/** A router that runs on this machine as a process of the environment's own. */
export interface RouterProcess {
	readonly router: Router;
	/** Starts it where it does not run; it outlives the caller. Throws what `startGateway` or `startHaproxy` throws, and ROUTER_DIFFERS. */
	start(): Promise<void>;
	/** Ends it; nothing to do where it does not run. */
	stop(): Promise<void>;
}

/**
 * The router that an environment's configuration names. One of the other kind, from before the configuration was changed,
 * is not replaced on the way, which would refuse requests; `stop` ends it as well.
 * @param searchPath as in the variable PATH
 */
export function routerProcess(environment: NamedEnvironment, searchPath: string): RouterProcess {
	const processes = processesOf(environment, searchPath);
	const { router, start } = processes[programOf(environment).router];
	return {
		router,
		start: async () => {
			for (const kind of routerPrograms) {
				if (kind !== environment.router && (await processes[kind].router.status()) !== null) throw differs(environment, kind);
			}
			await start();
		},
		stop: async () => {
			for (const kind of routerPrograms) await processes[kind].stop();
		},
	};
}

function processesOf(environment: NamedEnvironment, searchPath: string): Record<RouterProgram, RouterProcess> {
	const { name, host, port, directory, timeouts, webSockets, metricsPort = null, hold } = environment;
	const { startMs, stopMs } = timeouts;
	const accessLogBytes = environment.accessLog ? environment.accessLog.maxMB * 1024 * 1024 : null;
	const takeover = { maxMs: hold.takeoverMs, maxRequests: hold.maxRequests };
	const ofGateway = gatewayFiles(directory);
	const ofHaproxy = haproxyFiles(directory);
	return {
		gateway: {
			router: openRouter({ ...environment, router: 'gateway' }),
			start: () => startGateway({ name, host, port, files: ofGateway, takeover, webSockets, accessLogBytes, metricsPort, startMs }),
			stop: () => stopGateway(ofGateway, stopMs),
		},
		haproxy: {
			router: openRouter({ ...environment, router: 'haproxy' }),
			start: () =>
				startHaproxy({ name, host, port, files: ofHaproxy, holdMs: timeouts.holdMs, takeoverMs: hold.takeoverMs, metricsPort, searchPath }),
			stop: () => stopHaproxy(ofHaproxy),
		},
	};
}

function differs({ name, router }: NamedEnvironment, running: RouterProgram): FlowferryError {
	return new FlowferryError({
		code: 'ROUTER_DIFFERS',
		message: `${name} is served by ${routerNames[running]}, but the configuration says \`router: ${router}\``,
		hint: `Run \`flowferry down ${name}\` and \`flowferry up ${name}\` to change it, or set environments.${name}.router back to ${running}.`,
	});
}
