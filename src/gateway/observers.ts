import type { Server } from 'node:http';
import { listenOnLoopback } from '../lib/control/server.ts';
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
		if (this.#server === null) return;
		await listenOnLoopback(this.#server, this.#config.metricsPort ?? 0).catch((error: Error) => {
			throw explainMetricsError(error, this.#config);
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
