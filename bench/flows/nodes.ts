import { pickWord, writeCode } from './code.ts';
import type { Random } from './random.ts';

/** The properties of a node beyond its id, place and wires. */
export type NodeFields = { type: string } & Record<string, unknown>;

/** What nodes refer to. */
export interface Configs {
	brokers: readonly string[];
	group: string;
}

type Maker = (random: Random, configs: Configs) => NodeFields;

const inject: Maker = (random) => ({
	type: 'inject',
	name: random.chance(0.4) ? pickWord(random) : '',
	props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }],
	repeat: random.chance(0.17) ? String(random.integer(1, 600)) : '',
	crontab: random.chance(0.06) ? '00 06 * * *' : '',
	once: random.chance(0.24),
	onceDelay: 0.1,
	topic: '',
	payload: '',
	payloadType: 'date',
});
const mqttIn: Maker = (random, configs) => ({
	type: 'mqtt in',
	name: '',
	topic: random.chance(0.15) ? `site/+/${pickWord(random)}` : `site/${random.integer(1, 40)}/${pickWord(random)}`,
	qos: random.pick(['0', '1', '2', '2']),
	datatype: 'auto-detect',
	broker: random.pick(configs.brokers),
	nl: false,
	rap: true,
	rh: 0,
	inputs: 0,
});
const httpIn: Maker = (random) => ({
	type: 'http in',
	name: '',
	url: `/api/${random.id()}`,
	method: random.pick(['get', 'post']),
	upload: false,
});
const widgetIn: Maker = (random, configs) => ({
	type: random.pick(['ui_button', 'ui_switch', 'ui_slider']),
	name: '',
	group: configs.group,
	label: pickWord(random),
	passthru: true,
	topic: '',
});

/** Where messages begin, by the counts of 256 public files. */
export const sources: readonly (readonly [Maker, number])[] = [
	[inject, 3605],
	[mqttIn, 1080],
	[httpIn, 535],
	[widgetIn, 1100],
	[(random) => ({ type: 'link in', name: pickWord(random), links: [] }), 500],
];

/** What stands between. */
export const middles: readonly (readonly [Maker, number])[] = [
	[
		(random) => ({
			type: 'function',
			name: pickWord(random),
			func: writeCode(random),
			outputs: 1,
			timeout: 0,
			noerr: 0,
			initialize: '',
			finalize: '',
			libs: [],
		}),
		7118,
	],
	[
		(random) => ({
			type: 'change',
			name: '',
			rules: Array.from({ length: random.integer(1, 3) }, () =>
				random.chance(0.2)
					? { t: 'set', p: pickWord(random), pt: random.pick(['flow', 'global']), to: 'payload', tot: 'msg' }
					: {
							t: 'set',
							p: `payload.${pickWord(random)}`,
							pt: 'msg',
							to: random.chance(0.1) ? 'payload.value * 10' : 'on',
							tot: random.chance(0.1) ? 'jsonata' : 'str',
						},
			),
			action: '',
			property: '',
			from: '',
			to: '',
			reg: false,
		}),
		2873,
	],
	[
		(random) => ({
			type: 'switch',
			name: '',
			property: 'payload',
			propertyType: 'msg',
			rules: [{ t: 'gt', v: String(random.integer(1, 9)), vt: 'num' }, { t: 'else' }],
			checkall: 'true',
			repair: false,
			outputs: 2,
		}),
		1622,
	],
	[
		(random) => ({
			type: 'delay',
			name: '',
			pauseType: random.pick(['delay', 'delay', 'rate']),
			timeout: String(random.integer(1, 30)),
			timeoutUnits: 'seconds',
			rate: '1',
			nbRateUnits: '1',
			rateUnits: 'second',
			drop: false,
			outputs: 1,
		}),
		731,
	],
	[
		() => ({
			type: 'trigger',
			name: '',
			op1: '1',
			op2: '0',
			op1type: 'str',
			op2type: 'str',
			duration: '250',
			extend: false,
			units: 'ms',
			reset: '',
			bytopic: 'all',
			topic: 'topic',
			outputs: 1,
		}),
		392,
	],
	[
		() => ({ type: 'rbe', name: '', func: 'rbe', gap: '', start: '', inout: 'out', septopics: true, property: 'payload', topi: 'topic' }),
		198,
	],
	[
		() => ({
			type: 'join',
			name: '',
			mode: 'custom',
			build: 'object',
			property: 'payload',
			propertyType: 'msg',
			key: 'topic',
			joiner: '\\n',
			joinerType: 'str',
			accumulate: true,
			timeout: '',
			count: '2',
		}),
		104,
	],
	[
		(random) => ({
			type: 'template',
			name: '',
			field: 'payload',
			fieldType: 'msg',
			format: 'handlebars',
			syntax: 'mustache',
			template: `{{payload.${pickWord(random)}}} °C`,
			output: 'str',
		}),
		600,
	],
	[() => ({ type: 'json', name: '', property: 'payload', action: '', pretty: false }), 500],
	[
		() => ({
			type: 'http request',
			name: '',
			method: 'GET',
			ret: 'obj',
			paytoqs: 'ignore',
			url: 'http://meter.example/api',
			tls: '',
			persist: false,
		}),
		500,
	],
	[() => ({ type: 'smooth', name: '', property: 'payload', action: 'mean', count: '10', round: '', mult: 'single', reduce: false }), 35],
];

/** Where they end. */
export const sinks: readonly (readonly [Maker, number])[] = [
	[
		(random, configs) => ({
			type: 'mqtt out',
			name: '',
			topic: `site/out/${pickWord(random)}`,
			qos: '',
			retain: '',
			broker: random.pick(configs.brokers),
		}),
		754,
	],
	[
		() => ({
			type: 'debug',
			name: '',
			active: true,
			tosidebar: true,
			console: false,
			tostatus: false,
			complete: 'payload',
			targetType: 'msg',
		}),
		3400,
	],
	[
		(random, configs) => ({
			type: random.pick(['ui_text', 'ui_gauge', 'ui_chart']),
			name: '',
			group: configs.group,
			label: pickWord(random),
			format: '{{msg.payload}}',
		}),
		1400,
	],
	[() => ({ type: 'influxdb out', name: '', influxdb: '', measurement: 'site', database: 'plant' }), 78],
	[() => ({ type: 'api-call-service', name: '', server: '', domain: 'light', service: 'turn_on', entityId: ['light.hall'] }), 400],
	[
		(random) => ({
			type: 'file',
			name: '',
			filename: `/data/${pickWord(random)}.csv`,
			filenameType: 'str',
			appendNewline: true,
			createDir: false,
			overwriteFile: 'false',
			encoding: 'none',
		}),
		120,
	],
	[() => ({ type: 'link out', name: 'on', mode: 'link', links: [] }), 500],
];
