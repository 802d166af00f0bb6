import { type HttpCounts, startHttpMeter } from './http-meter.ts';
import { startMqttMeter } from './mqtt-meter.ts';
import { requestOrder } from './orders.ts';
import type { SequenceCounts } from './sequence-tally.ts';

export interface TrafficCounts {
	mqtt: SequenceCounts;
	http: HttpCounts;
}

/** Load on the flows that counts what it costs them to be moved. */
export interface Traffic {
	read(): TrafficCounts;
	/** Stops the load and waits, bounded, for what is under way. */
	settle(maxMs?: number): Promise<TrafficCounts>;
	/** Ends it where it is. */
	stop(): Promise<void>;
}

export interface TrafficOptions {
	brokerUrl: string;
	/** Where production's HTTP is served. */
	httpUrl: string;
	/** Default 100. */
	messagesPerSecond?: number;
	/** Default 50. */
	requestsPerSecond?: number;
	/** Ends the waiting for the flow to serve. */
	signal?: AbortSignal;
}

/** Starts when the flow passes its first message on. */
export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
	const { brokerUrl, httpUrl, messagesPerSecond = 100, requestsPerSecond = 50, signal } = options;
	const mqtt = await startMqttMeter({
		url: brokerUrl,
		perSecond: messagesPerSecond,
		inTopic: 'demo/in/orders',
		outTopic: 'demo/out/orders',
		signal,
	});
	const http = startHttpMeter({ request: (seq) => requestOrder(httpUrl, seq), perSecond: requestsPerSecond });
	return {
		read: () => ({ mqtt: mqtt.read(), http: http.read() }),
		async settle(maxMs = 15_000) {
			http.pause();
			const [mqttCounts, httpCounts] = await Promise.all([mqtt.settle(maxMs), http.settle()]);
			return { mqtt: mqttCounts, http: httpCounts };
		},
		async stop() {
			http.pause();
			await mqtt.stop();
		},
	};
}
