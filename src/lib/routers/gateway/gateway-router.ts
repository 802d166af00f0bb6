import { isAlive } from '../../adapters/process-identity.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { HoldLimits, Router, Upstream } from '../router.ts';
import { callGateway } from './control-client.ts';
import type { GatewayStatus, TrafficOrder } from './protocol.ts';
import { readGatewayState } from './state-file.ts';

/** The two files by which a gateway is found and asked. */
export interface GatewayAccess {
	stateFile: string;
	tokenFile: string;
}

/** The router of the process target. Keeps nothing: each call finds the gateway anew. */
export class GatewayRouter implements Router {
	readonly #access: GatewayAccess;

	constructor(access: GatewayAccess) {
		this.#access = access;
	}

	/** Null where no gateway runs. Throws FlowferryError where one runs and does not answer properly. */
	async status(): Promise<GatewayStatus | null> {
		const state = await readGatewayState(this.#access.stateFile);
		if (state === null || !isAlive(state.pid)) return null;
		return callGateway(state.controlUrl, this.#access.tokenFile, { method: 'GET', path: '/status' });
	}

	/** Throws GATEWAY_DOWN where none runs. */
	async hold(limits: HoldLimits): Promise<void> {
		await this.#order({ state: 'held', limits });
	}

	/** Throws GATEWAY_DOWN where none runs. */
	async route(upstreams: Upstream[]): Promise<void> {
		await this.#order(upstreams.length === 0 ? { state: 'closed' } : { state: 'flowing', upstreams });
	}

	async #order(order: TrafficOrder): Promise<void> {
		const { stateFile, tokenFile } = this.#access;
		const state = await readGatewayState(stateFile);
		const running = state !== null && isAlive(state.pid);
		const answer = running ? await callGateway(state.controlUrl, tokenFile, { method: 'PUT', path: '/traffic', body: order }) : null;
		if (answer !== null) return;
		throw new FlowferryError({
			code: 'GATEWAY_DOWN',
			message: `No gateway runs for ${stateFile}, so its traffic cannot be changed`,
			hint: 'Start it with `flowferry up`.',
		});
	}
}
