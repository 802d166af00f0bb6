import type { Server } from 'node:http';
import { createMetricsServer } from '../lib/control/metrics-server.ts';
import { listenOnAll, listenOnLoopback } from '../lib/control/server.ts';
import type { InstanceStatus, RunnerNetwork } from '../lib/targets/instance.ts';
import type { Log } from './log.ts';

/** A port that somebody has may become free: an instance of before, which had another number of neighbours. */
const RETRY_MS = 10_000;

/** Serves an instance's figures, as soon as the port can be had: no instance fails for want of it. The library is loaded here alone. */
export async function serveMetrics(
	environment: string,
	{ port, network }: { port: number; network: RunnerNetwork },
	status: () => InstanceStatus,
	log: Pick<Log, 'write'>,
): Promise<void> {
	const { instanceMetrics } = await import('./instance-metrics.ts');
	const source = instanceMetrics(environment, status);
	let said = false;
	const listenOnPort: (server: Server, port: number) => Promise<unknown> = network.kind === 'loopback' ? listenOnLoopback : listenOnAll;
	const listen = () => {
		listenOnPort(createMetricsServer(source).unref(), port).catch((error: Error) => {
			if (!said) log.write('the metrics cannot be served; trying again', { port, error: error.message });
			said = true;
			setTimeout(listen, RETRY_MS).unref();
		});
	};
	listen();
}
