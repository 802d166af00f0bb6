import { Counter, Gauge, Registry } from 'prom-client';
import type { MetricsSource } from '../lib/control/metrics-server.ts';
import type { InstanceState, InstanceStatus } from '../lib/targets/instance.ts';

/** A record, so that none is forgotten. */
const states = Object.keys({
	starting: true,
	standby: true,
	gated: true,
	activating: true,
	active: true,
	quiesced: true,
	demoting: true,
	failed: true,
	stopping: true,
} satisfies Record<InstanceState, true>);

/**
 * An instance's figures for Prometheus, taken when they are asked for. What only Node-RED knows is missing while it does not
 * run.
 */
export function instanceMetrics(environment: string, status: () => InstanceStatus): MetricsSource {
	const registry = new Registry();
	const { instance } = status();
	registry.setDefaultLabels({ environment, instance, slot: instance.split('/')[0] });
	const registers = [registry];
	const gauge = (name: string, help: string, value: (status: InstanceStatus) => number | null | undefined) =>
		new Gauge({
			name: `flowferry_instance_${name}`,
			help,
			registers,
			collect() {
				const now = value(status()) ?? null;
				if (now === null) this.remove();
				else this.set(now);
			},
		});
	const counter = (name: string, help: string, value: (status: InstanceStatus) => number | undefined) =>
		new Counter({
			name: `flowferry_instance_${name}_total`,
			help,
			registers,
			collect() {
				const now = value(status());
				this.remove();
				if (now !== undefined) this.inc(now);
			},
		});
	new Gauge({
		name: 'flowferry_instance_state',
		help: '1 for the state in which the instance is.',
		labelNames: ['state'],
		registers,
		collect() {
			const now = status().state;
			for (const state of states) this.set({ state }, state === now ? 1 : 0);
		},
	});
	gauge('active', '1 while it runs the flows under a lease.', ({ state }) => (state === 'active' || state === 'quiesced' ? 1 : 0));
	gauge('lease_token', 'The fencing token of the lease that it holds; 0: it holds none.', ({ lease }) => lease?.token ?? 0);
	counter('crashes', 'How often Node-RED ended without being asked to.', ({ crashes }) => crashes);
	counter('messages_received', "Messages that nodes received since the flows' start.", ({ agent }) => agent?.received);
	gauge('messages_in_flight', 'Messages inside, at nodes that tell when they are done.', ({ agent }) => agent?.inFlight);
	gauge('recent_errors', 'Errors that nodes logged in the last five minutes.', ({ agent }) => agent?.recent.errors);
	gauge('event_loop_delay_seconds', "The longest delay of Node-RED's event loop in the last second.", ({ agent }) =>
		agent ? agent.eventLoopDelayMs / 1000 : null,
	);
	gauge('resident_memory_bytes', "Node-RED's memory.", ({ agent }) => agent?.rssBytes);
	gauge('heartbeat_age_seconds', "Since Node-RED's last sign of life.", ({ heartbeatMs }) =>
		heartbeatMs === null ? null : heartbeatMs / 1000,
	);
	return registry;
}
