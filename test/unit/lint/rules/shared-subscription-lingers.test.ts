import { sharedSubscriptionLingers } from '../../../../src/lib/lint/rules/shared-subscription-lingers.ts';
import { config, node, tab, testRule } from '../judge.ts';

const broker = (properties = {}) => config('broker', 'mqtt-broker', properties);
const input = (properties = {}) => node('in', 'mqtt in', { topic: 'a/b', qos: '1', broker: 'broker', inputs: 0, ...properties }, 'out');
const out = node('out', 'debug');
const shared = input({ topic: '$share/g/a' });

testRule(sharedSubscriptionLingers, {
	fires: [
		{
			name: 'on a persistent session',
			flows: [tab, broker({ clientid: 'x', cleansession: false, autoUnsubscribe: false }), shared, out],
			balanced: [['broker', 'error']],
			spare: [['broker', 'error']],
		},
		{
			name: 'after a crash, where a stop unsubscribes',
			flows: [tab, broker({ clientid: 'x', cleansession: false }), shared, out],
			balanced: [['broker', 'warning']],
			spare: [['broker', 'warning']],
			says: ['crashes'],
		},
		{
			name: 'without unsubscribing',
			flows: [tab, broker({ autoUnsubscribe: false }), shared, out],
			balanced: [['broker', 'warning']],
			spare: [['broker', 'warning']],
		},
		{
			name: 'on an MQTT 5 session that expires later',
			flows: [tab, broker({ protocolVersion: '5', sessionExpiry: 300, autoUnsubscribe: false }), shared, out],
			balanced: [['broker', 'error']],
			spare: [['broker', 'error']],
		},
	],
	dontFire: [
		{ name: 'on a clean session', flows: [tab, broker({ cleansession: true, autoUnsubscribe: true }), shared, out] },
		{ name: 'on the defaults', flows: [tab, broker(), shared, out] },
		{ name: 'on a plain subscription', flows: [tab, broker({ clientid: 'x', cleansession: false, autoUnsubscribe: false }), input(), out] },
		{
			name: 'without a client id, which makes the session clean',
			flows: [tab, broker({ clientid: '', cleansession: false }), shared, out],
		},
	],
});
