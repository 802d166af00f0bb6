import type { Server } from 'node:http';
import type { GatewayConfig } from '../lib/routers/gateway/protocol.ts';
import type { RouterStatus } from '../lib/routers/router.ts';
import { AccessLog } from './access-log.ts';
import type { EndedVisit } from './ended-visit.ts';
import type { Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { explainMetricsError } from './start-failure.ts';

/** What looks on, where the configuration asks for it: the access log and the metrics. */
export class Observers {
	readonly #config: GatewayConfig;
	readonly #accessLog: AccessLog | null;
	readonly #metrics: Metrics | null;
	readonly #server: Server | null;

	constructor(config: GatewayConfig, log: Log, status: () => RouterStatus) {
		this.#config = config;
		this.#accessLog = config.accessLog && new AccessLog(config.accessLog, log);
		this.#metrics = config.metricsPort === null ? null : new Metrics(status);
		this.#server = this.#metrics?.server() ?? null;
	}

	/** Throws StartFailure where the metrics' port cannot be had. */
	async start(): Promise<void> {
		const server = this.#server;
		if (server === null) return;
		await new Promise<void>((resolve, reject) => {
			server.once('error', (error) => reject(explainMetricsError(error, this.#config)));
			server.listen({ host: '127.0.0.1', port: this.#config.metricsPort ?? 0 }, resolve);
		});
	}

	ended(visit: EndedVisit): void {
		this.#accessLog?.add(visit);
		this.#metrics?.observe(visit);
	}

	async stop(): Promise<void> {
		this.#server?.close();
		this.#server?.closeAllConnections();
		await this.#accessLog?.close();
	}
}
