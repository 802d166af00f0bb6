/** What is measured: flows of one kind, carried over by one strategy. */
export interface Scenario {
	/** Begins with the strategy's name. */
	name: string;
	strategy: 'exclusive' | 'overlap' | 'gated' | 'takeover';
	/** Of what is published and of the flows' subscription. Their output is at QoS 1 at the most: see `scenarioFlows`. */
	qos: 0 | 1 | 2;
	/** `repeating`: all payloads are the same, as of a sensor that says 21.5 all day; only their count tells what was lost. */
	payload: 'unique' | 'repeating';
	subscription:
		| 'plain' // MQTT 3.1.1, clean session
		| 'shared' // `$share` on MQTT 5, clean session
		| 'persistent'; // MQTT 3.1.1, fixed client id, `autoUnsubscribe` off
}

export const scenarios: readonly Scenario[] = [
	{ name: 'gated-qos1-unique', strategy: 'gated', qos: 1, payload: 'unique', subscription: 'plain' },
	{ name: 'gated-qos1-repeating', strategy: 'gated', qos: 1, payload: 'repeating', subscription: 'plain' },
	{ name: 'gated-qos0', strategy: 'gated', qos: 0, payload: 'unique', subscription: 'plain' },
	{ name: 'gated-qos2', strategy: 'gated', qos: 2, payload: 'unique', subscription: 'plain' },
	{ name: 'overlap-share', strategy: 'overlap', qos: 1, payload: 'unique', subscription: 'shared' },
	{ name: 'exclusive-persistent', strategy: 'exclusive', qos: 1, payload: 'unique', subscription: 'persistent' },
	{ name: 'takeover-persistent', strategy: 'takeover', qos: 1, payload: 'unique', subscription: 'persistent' },
];
