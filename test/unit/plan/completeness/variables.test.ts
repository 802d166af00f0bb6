import type { FlowNode } from '../../../../src/lib/flows/node.ts';
import { givenVariables } from '../../../../src/lib/targets/given-variables.ts';
import { config, lacksOf, node, snapshotOf, tab } from './assess.ts';

/** `certain HOST`, `likely PORT`. */
function found(flows: FlowNode[], variables: Record<string, string | null> = {}): string[] {
	return lacksOf(snapshotOf([tab, ...flows]), { variables })
		.filter(({ kind }) => kind === 'variable')
		.map(({ certainty, message }) => `${certainty} ${message.split(' ')[0]}`);
}

const variable = (name: string, value = 'v', type = 'str') => ({ name, value, type });
const asking = node('n1', 'debug', { topic: '${X}' });

describe('a property that is nothing but ${NAME}', () => {
	it('is certain to keep its text where nobody sets the variable', () => {
		const [lack] = lacksOf(snapshotOf([tab, config('b1', 'mqtt-broker', { name: 'plant', broker: '${PLANT_HOST}' })]));
		expect(lack).toEqual({
			kind: 'variable',
			certainty: 'certain',
			nodes: [{ id: 'b1', type: 'mqtt-broker', name: 'plant' }],
			message: "PLANT_HOST (read by mqtt-broker 'plant') is not set, and the field would hold the text ${PLANT_HOST} itself",
			remedy: 'set it under environments.production.variables',
		});
		expect(found([asking], { X: 'v' })).toEqual([]);
		expect(found([asking], { X: null })).toEqual([]);
		expect(found([asking], { X: '' })).toEqual([]);
	});

	it('may stand in lists and objects', () => {
		expect(found([node('n1', 'change', { rules: [{ t: 'set', to: '${DEEP}', tot: 'str' }] })])).toEqual(['certain DEEP']);
	});

	it.each<[string, FlowNode]>([
		['a text with more in it', node('n1', 'template', { template: 'Dear ${NAME}' })],
		['code', node('n1', 'function', { func: '${NAME}' })],
		['a name or a description', node('n1', 'debug', { name: '${NAME}', info: '${NAME}' })],
		['what Node-RED gives itself', node('n1', 'debug', { topic: '${NR_FLOW_NAME}' })],
		['a disabled node', { ...asking, d: true }],
		['a node of a subflow that nothing uses', { ...asking, z: 's1' }],
		['a space in the name, which Node-RED does not take', node('n1', 'debug', { topic: '${A B}' })],
	])('is none in %s', (_, given) => {
		expect(found([{ id: 's1', type: 'subflow', name: 'unused' }, given])).toEqual([]);
	});

	it('is none on a disabled tab, nor in a config node of one', () => {
		const off = { id: 't2', type: 'tab', label: 'Off', disabled: true };
		expect(found([off, { ...asking, z: 't2' }, config('c1', 'mqtt-broker', { z: 't2', broker: '${X}' })])).toEqual([]);
	});
});

describe('where a variable is looked up', () => {
	it.each<[string, FlowNode[]]>([
		['its tab', [{ ...tab, env: [variable('X')] }, asking]],
		[
			'its group',
			[
				{ id: 'g1', type: 'group', z: 't1', env: [variable('X')] },
				{ ...asking, g: 'g1' },
			],
		],
		[
			'the group around its group',
			[
				{ id: 'g0', type: 'group', z: 't1', env: [variable('X')] },
				{ id: 'g1', type: 'group', z: 't1', g: 'g0' },
				{ ...asking, g: 'g1' },
			],
		],
		['the global configuration', [config('gc', 'global-config', { env: [variable('X')] }), asking]],
		['its subflow', [{ id: 's1', type: 'subflow', env: [variable('X')] }, { ...asking, z: 's1' }, node('i1', 'subflow:s1')]],
		[
			'its instance of the subflow',
			[{ id: 's1', type: 'subflow' }, { ...asking, z: 's1' }, node('i1', 'subflow:s1', { env: [variable('X')] })],
		],
		[
			'the tab around the instance',
			[
				{ ...tab, id: 't2', env: [variable('X')] },
				{ id: 's1', type: 'subflow' },
				{ ...asking, z: 's1' },
				node('i1', 'subflow:s1', { z: 't2' }),
			],
		],
	])('in %s', (_, flows) => {
		expect(found(flows)).toEqual([]);
	});

	it.each<[string, FlowNode[]]>([
		['another tab', [{ ...tab, id: 't2', env: [variable('X')] }, asking]],
		['another group', [{ id: 'g1', type: 'group', z: 't1', env: [variable('X')] }, asking]],
		[
			'one of two instances',
			[{ id: 's1', type: 'subflow' }, { ...asking, z: 's1' }, node('i1', 'subflow:s1', { env: [variable('X')] }), node('i2', 'subflow:s1')],
		],
	])('and not in %s', (_, flows) => {
		expect(found(flows)).toEqual(['certain X']);
	});

	it('ends where a subflow holds itself', () => {
		expect(
			found([{ id: 's1', type: 'subflow' }, { ...asking, z: 's1' }, node('i1', 'subflow:s1'), node('i2', 'subflow:s1', { z: 's1' })]),
		).toEqual(['certain X']);
	});
});

describe('what asks for a variable while it works', () => {
	it.each<[string, FlowNode, string[]]>([
		['code', node('n1', 'function', { func: 'return env.get("X");' }), ['likely X']],
		['code by a constant', node('n1', 'function', { func: 'const KEY = "X"; const v = env.get(KEY); return v;' }), ['likely X']],
		['code On Start', node('n1', 'function', { func: 'return msg;', initialize: 'context.set("x", env.get("X"))' }), ['likely X']],
		['code with a default', node('n1', 'function', { func: 'return env.get("X") || 8080;' }), []],
		['code with a default of another kind', node('n1', 'function', { func: 'return env.get("X") ?? 8080;' }), []],
		['code that asks first', node('n1', 'function', { func: 'if (!env.get("X")) return null; return msg;' }), []],
		['a comment', node('n1', 'function', { func: '// env.get("X")\nreturn msg;' }), []],
		['a name that is computed', node('n1', 'function', { func: 'return env.get(msg.topic);' }), []],
		['an env of its own', node('n1', 'function', { func: 'const env = new Map(); return env.get("X");' }), []],
		['a typed input', node('n1', 'inject', { payload: 'X', payloadType: 'env' }), ['likely X']],
		['a typed input of a list', node('n1', 'inject', { props: [{ p: 'payload', v: 'X', vt: 'env' }] }), ['likely X']],
		[
			'a typed input with a text',
			node('n1', 'change', { rules: [{ t: 'set', p: 'a', pt: 'msg', to: 'http://${X}:1', tot: 'env' }] }),
			['likely X'],
		],
		['a typed input of another type', node('n1', 'inject', { payload: 'X', payloadType: 'str' }), []],
		['JSONata', node('n1', 'change', { rules: [{ t: 'set', p: 'a', pt: 'msg', to: '$env("X") & "/"', tot: 'jsonata' }] }), ['likely X']],
		['a template', node('n1', 'template', { template: 'at {{env.X}} or {{{env.Y}}}' }), ['likely X', 'likely Y']],
		['a template with what to do without', node('n1', 'template', { template: '{{#env.X}}{{env.X}}{{/env.X}}' }), []],
		['a plain template', node('n1', 'template', { syntax: 'plain', template: '{{env.X}}' }), []],
		['a certificate from the environment', config('n1', 'tls-config', { certType: 'env', certEnv: 'X' }), ['likely X']],
		['a variable of a tab', { ...tab, id: 't3', env: [variable('LOCAL', 'X', 'env')] }, ['likely X']],
		['a variable of a tab that takes over an outer one', { ...tab, id: 't3', env: [variable('X', 'X', 'env')] }, ['likely X']],
		['a variable of a tab made of one beside it', { ...tab, id: 't3', env: [variable('X'), variable('Y', 'X', 'env')] }, []],
	])('is likely to miss it: %s', (_, given, lacks) => {
		expect(found([given])).toEqual(lacks);
	});

	it('is said once, with what is certain, and not where the variable is set', () => {
		const both = [asking, node('n2', 'function', { func: 'return env.get("X");' })];
		expect(found(both)).toEqual(['certain X']);
		expect(found(both, { X: '1' })).toEqual([]);
	});
});

describe('an address with a variable in its midst', () => {
	it('is likely a slip where Node-RED takes it as it stands', () => {
		const flows = [tab, node('n1', 'http request', { url: 'https://${API}/v1' })];
		expect(lacksOf(snapshotOf(flows), { variables: { API: 'a' } })).toEqual([
			expect.objectContaining({
				kind: 'variable',
				certainty: 'likely',
				message: "url of http request 'n1' has ${API} in the midst of a text, where Node-RED leaves it as it is",
			}),
		]);
		expect(lacksOf(snapshotOf([tab, node('n1', 'http request', { url: 'https://api.example/{{topic}}' })]))).toEqual([]);
	});
});

describe('what instances have in any case', () => {
	const given = (...args: Parameters<typeof givenVariables>) => Object.fromEntries(givenVariables(...args).map((name) => [name, null]));
	const flows = [node('n1', 'function', { func: "env.get('FLOWFERRY_INSTANCE')" }), node('n2', 'function', { func: "env.get('TZ')" })];

	it('is no lack: which instance it is, and what processes inherit of their machine', () => {
		expect(found(flows)).toEqual(['likely FLOWFERRY_INSTANCE', 'likely TZ']);
		expect(found(flows, given('process', ['TZ', 'HOME']))).toEqual([]);
	});

	it('has nothing of this machine where they are containers', () => {
		expect(found(flows, given('docker', ['TZ', 'HOME']))).toEqual(['likely TZ']);
		expect(given('docker', ['HOME'])).toHaveProperty('PATH');
	});
});
