import { randomBytes } from 'node:crypto';
import { hasFixedClientId, loadMqttClientClass, type MqttClient, type MqttClientClass } from './mqtt-nodes.ts';

/** A broker that has not answered a rehearsal by then is not waited for. */
const REHEARSAL_MS = 5000;

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
		const Client = loadMqttClientClass();
		if (!Client) return false;
		const { prototype } = Client;
		const connect = prototype.connect;
		const waiting = this.#waiting;
		this.#prototype = prototype;
		this.#connect = connect;
		// Called by the client's constructor, with its options set.
		prototype.connect = function (this: MqttClient) {
			if (!hasFixedClientId(this)) return connect.call(this);
			waiting.push(this);
			rehearse(Client, this);
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

/**
 * Connects once under an id of its own, without a session and without a will, and ends that again: the first connection of
 * a process takes several times as long as the second, and that would be time in which nobody is connected.
 */
function rehearse(Client: MqttClientClass, { options, streamBuilder }: MqttClient): void {
	const rehearsal = new Client(streamBuilder, {
		...options,
		clientId: `nodered${randomBytes(8).toString('hex')}`,
		clean: true,
		will: undefined,
		properties: undefined,
		reconnectPeriod: 0,
	});
	const end = () => {
		clearTimeout(timer);
		rehearsal.end(true);
	};
	const timer = setTimeout(end, REHEARSAL_MS);
	rehearsal.on('connect', end);
	// A broker may admit none but the ids that it knows.
	rehearsal.on('error', end);
}
