import type { NodeKnowledge } from './knowledge.ts';

/** Brokers, feeds and mailboxes. */
export const messaging: readonly NodeKnowledge[] = [
	{
		types: ['aedes broker', 'mosca in'],
		module: 'node-red-contrib-aedes',
		emits: 'listener',
		serves: 'an MQTT broker',
		keeps: 'the sessions and retained messages of its clients',
	},
	{ types: ['mqtt sparkplug in'], module: 'node-red-contrib-mqtt-sparkplug-plus', emits: 'subscription' },
	{
		types: ['mqtt sparkplug device'],
		module: 'node-red-contrib-mqtt-sparkplug-plus',
		emits: 'subscription',
		keeps: 'the birth and the sequence number of its edge node',
	},
	{ types: ['e-mail in'], module: 'node-red-node-email', emits: 'poll' },
	{ types: ['e-mail'], module: 'node-red-node-email', acts: true },
	{ types: ['feedparse'], module: 'node-red-node-feedparser', emits: 'poll', keeps: 'the articles it has seen' },
	{ types: ['twitter in'], module: 'node-red-node-twitter', emits: 'subscription' },
	{ types: ['openweathermap in'], module: 'node-red-node-openweathermap', emits: 'poll' },
	{ types: ['tibber-feed'], module: 'node-red-contrib-tibber-api', emits: 'subscription' },
	{ types: ['ethers-events', 'event-listener'], module: '@andreashauschild/node-red-contrib-ethers-node', emits: 'subscription' },
	{ types: ['contract-call'], module: 'node-red-contrib-ethereum', acts: true },
];
