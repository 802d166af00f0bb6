import type { ControlRoutes } from '../lib/control/server.ts';
import { ControlRefusal } from '../lib/control/server.ts';
import type { GatewayStatus, TrafficOrder } from '../lib/routers/gateway/protocol.ts';
import { readTrafficOrder } from './traffic-order.ts';

/** What the control API can ask for. */
export interface Controls {
	status(): GatewayStatus;
	/** Rejects where the order was not carried out. */
	order(order: TrafficOrder): Promise<void>;
	shutdown(): void;
}

export function controlRoutes(controls: Controls): ControlRoutes {
	return {
		'GET /status': async () => controls.status(),
		'PUT /traffic': async (body) => {
			const read = readTrafficOrder(body);
			if ('reason' in read) throw new ControlRefusal('BAD_ORDER', read.reason, 400);
			await controls.order(read.order);
			return controls.status();
		},
		'POST /shutdown': async () => controls.shutdown(),
	};
}
