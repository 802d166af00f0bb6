import type { Server } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { createMetricsServer } from '../lib/control/metrics-server.ts';
import type { RouterStatus } from '../lib/routers/router.ts';
import type { EndedVisit } from './ended-visit.ts';

/** From a flow that answers at once to one that waits for a hold of the usual 30 s. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The gateway's figures for Prometheus. Most are the tally's, asked for when they are scraped. */
export class Metrics {
	readonly #registry = new Registry();
	readonly #duration: Histogram<'code'>;

	constructor(status: () => RouterStatus) {
		const registers = [this.#registry];
		collectDefaultMetrics({ register: this.#registry });
		this.#duration = new Histogram({
			name: 'flowferry_request_duration_seconds',
			help: 'From the arrival of a request to the end of its answer, a hold included.',
			labelNames: ['code'],
			buckets,
			registers,
		});
		const total = (name: keyof RouterStatus['totals'], help: string) =>
			new Counter({
				name: name === 'requests' ? 'flowferry_requests_total' : `flowferry_requests_${name}_total`,
				help,
				registers,
				collect() {
					this.reset();
					this.inc(status().totals[name]);
				},
			});
		total('requests', 'Requests that came.');
		total('failed', 'Requests that got an error from the gateway itself, or a broken answer.');
		total('held', 'Requests that had to wait, in a hold or for an instance.');
		this.#byInstance('flowferry_requests_in_flight', 'Requests passed on and not yet answered.', () => status().inFlight);
		this.#byInstance('flowferry_websockets', 'Open WebSockets.', () => status().webSockets ?? {});
		new Gauge({
			name: 'flowferry_requests_waiting',
			help: 'Requests that wait just now, in a hold or for an instance.',
			registers,
			collect() {
				this.set(status().waiting);
			},
		});
		new Gauge({
			name: 'flowferry_traffic',
			help: '1 for what the gateway does with traffic: flowing, held or closed.',
			labelNames: ['state'],
			registers,
			collect() {
				for (const state of ['flowing', 'held', 'closed']) this.set({ state }, state === status().traffic.state ? 1 : 0);
			},
		});
	}

	/** A WebSocket's end says nothing of how fast anything was. */
	observe({ kind, status, ms }: EndedVisit): void {
		if (kind === 'request') this.#duration.observe({ code: status === 0 ? 'none' : `${Math.floor(status / 100)}xx` }, ms / 1000);
	}

	server(): Server {
		return createMetricsServer(this.#registry);
	}

	#byInstance(name: string, help: string, counts: () => Record<string, number>): void {
		new Gauge({
			name,
			help,
			labelNames: ['instance'],
			registers: [this.#registry],
			collect() {
				this.reset();
				for (const [instance, count] of Object.entries(counts())) this.set({ instance }, count);
			},
		});
	}
}
