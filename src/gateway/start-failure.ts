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

/** Puts an error of listening into words; errors that the user cannot change come back as they are. */
export function explainListenError(error: NodeJS.ErrnoException, config: GatewayConfig): Error {
	const fault = explainListenFault(error.code, config);
	return fault === null ? error : new StartFailure(fault);
}
