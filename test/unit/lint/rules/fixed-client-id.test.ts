import { fixedClientId } from '../../../../src/lib/lint/rules/fixed-client-id.ts';
import { config, node, source, tab, testRule } from '../judge.ts';

const broker = (properties = {}) => config('broker', 'mqtt-broker', properties);
const input = (properties = {}) => node('in', 'mqtt in', { topic: 'a/b', qos: '1', broker: 'broker', inputs: 0, ...properties }, 'out');
const out = node('out', 'debug');

testRule(fixedClientId, {
	fires: [
		{
			name: 'for a broker that is subscribed at',
			flows: [tab, broker({ clientid: 'plant' }), input(), out],
			balanced: [['broker', 'error']],
			spare: [],
			says: ['"plant"'],
		},
		{
			name: 'for a broker that is published to',
			flows: [tab, broker({ clientid: 'plant' }), source('pub'), node('pub', 'mqtt out', { broker: 'broker' })],
			balanced: [['broker', 'error']],
			spare: [],
		},
		{
			name: 'where only a part would come from the environment, which Node-RED does not fill in',
			flows: [tab, broker({ clientid: 'plant-${HOST}' }), input(), out],
			balanced: [['broker', 'error']],
			spare: [],
		},
	],
	dontFire: [
		{ name: 'without one', flows: [tab, broker({ clientid: '' }), input(), out] },
		{ name: 'from the environment', flows: [tab, broker({ clientid: '${MQTT_CLIENT_ID}' }), input(), out] },
		{ name: 'for a broker that nothing uses', flows: [tab, broker({ clientid: 'plant' })] },
	],
});
