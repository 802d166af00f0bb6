import { sessionUnsubscribesAtStop } from '../../../../src/lib/lint/rules/session-unsubscribes-at-stop.ts';
import { config, node, source, tab, testRule } from '../judge.ts';

const broker = (properties = {}) => config('broker', 'mqtt-broker', properties);
const input = (properties = {}) => node('in', 'mqtt in', { topic: 'a/b', qos: '1', broker: 'broker', inputs: 0, ...properties }, 'out');
const out = node('out', 'debug');

testRule(sessionUnsubscribesAtStop, {
	fires: [
		{
			name: 'on a persistent session, with the default',
			flows: [tab, broker({ clientid: 'x', cleansession: false }), input(), out],
			balanced: [['broker', 'warning']],
			spare: [['broker', 'error']],
		},
		{
			name: 'with the setting on',
			flows: [tab, broker({ clientid: 'x', cleansession: false, autoUnsubscribe: true }), input(), out],
			balanced: [['broker', 'warning']],
			spare: [['broker', 'error']],
		},
		{
			name: 'on MQTT 5',
			flows: [tab, broker({ clientid: 'x', cleansession: false, protocolVersion: 5, sessionExpiry: '60' }), input(), out],
			balanced: [['broker', 'warning']],
			spare: [['broker', 'error']],
		},
	],
	dontFire: [
		{ name: 'with the setting off', flows: [tab, broker({ clientid: 'x', cleansession: false, autoUnsubscribe: false }), input(), out] },
		{ name: 'on a clean session', flows: [tab, broker({ clientid: 'x', cleansession: true }), input(), out] },
		{
			name: 'at QoS 0, of which a session keeps nothing',
			flows: [tab, broker({ clientid: 'x', cleansession: false }), input({ qos: '0' }), out],
		},
		{
			name: 'on MQTT 5 without an expiry',
			flows: [tab, broker({ clientid: 'x', cleansession: false, protocolVersion: 5, sessionExpiry: 0 }), input(), out],
		},
		{
			name: 'for a broker that is only published to',
			flows: [tab, broker({ clientid: 'x', cleansession: false }), source('pub'), node('pub', 'mqtt out', { broker: 'broker' })],
		},
	],
});
