import type { GatewayConfig, GatewayFailure } from '../lib/routers/gateway/protocol.ts';
import { explainListenFault } from '../lib/routers/listen-fault.ts';

/** Why the gateway cannot serve: something that the user can change. */
export class StartFailure extends Error {
	readonly facts: GatewayFailure;

	constructor(facts: GatewayFailure) {
		super(facts.message);
		this.facts = facts;
	}
}

/** The same for the port of the metrics. */
export function explainMetricsError(error: NodeJS.ErrnoException, { name, metricsPort }: GatewayConfig): Error {
	const fault = explainListenFault(error.code, { name, host: '127.0.0.1', port: metricsPort ?? 0 }, 'metricsPort');
	return fault === null ? error : new StartFailure(fault);
}

/** Puts an error of listening into words; errors that the user cannot change come back as they are. */
export function explainListenError(error: NodeJS.ErrnoException, config: GatewayConfig): Error {
	const fault = explainListenFault(error.code, config);
	return fault === null ? error : new StartFailure(fault);
}
