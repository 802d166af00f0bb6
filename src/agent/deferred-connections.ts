import { hasFixedClientId, loadMqtt, type MqttClient } from './mqtt-nodes.ts';

/**
 * Keeps MQTT connections under a fixed client id from being made while the other release still has them: the broker would
 * disconnect that one at once. Connections under generated ids are made as ever.
 */
export class DeferredConnections {
	readonly #waiting: MqttClient[] = [];
	#connect: (() => MqttClient) | null = null;
	#prototype: MqttClient | null = null;

	/** From now on such clients wait. False where this version of Node-RED offers no way. */
	defer(): boolean {
		if (this.#connect) return true;
		const prototype = loadMqtt()?.MqttClient.prototype;
		if (!prototype) return false;
		const connect = prototype.connect;
		const waiting = this.#waiting;
		this.#prototype = prototype;
		this.#connect = connect;
		// Called by the client's constructor, with its options set.
		prototype.connect = function (this: MqttClient) {
			if (!hasFixedClientId(this)) return connect.call(this);
			waiting.push(this);
			return this;
		};
		return true;
	}

	/** The other release has let go of its connections: those that wait are made. */
	connectAll(): void {
		const connect = this.#stopDeferring();
		for (const client of this.#waiting.splice(0)) connect?.call(client);
	}

	/** The flows stop: what waits is never made. */
	forget(): void {
		this.#stopDeferring();
		this.#waiting.length = 0;
	}

	#stopDeferring(): (() => MqttClient) | null {
		const connect = this.#connect;
		if (this.#prototype && connect) this.#prototype.connect = connect;
		this.#connect = null;
		this.#prototype = null;
		return connect;
	}
}
