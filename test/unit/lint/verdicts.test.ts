import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { lint } from '../../../src/lib/lint/engine.ts';
import { button, config, node, source, tab } from './judge.ts';

const verdictOf = (flows: FlowNode[], mode: 'hot-spare' | 'load-balanced' = 'hot-spare') => lint(flows, { mode }).verdicts?.[0];
const allows = (flows: FlowNode[]) => verdictOf([tab, ...flows])?.allows;
const sink = node('sink', 'mqtt out', { topic: 'out', broker: 'b' });
const broker = (properties = {}) => config('b', 'mqtt-broker', properties);
const sub = (topic: string) => node('in', 'mqtt in', { topic, qos: '1', broker: 'b' }, 'sink');

describe('verdicts', () => {
	it.each<[string, FlowNode[], string[]]>([
		['sources that share', [broker(), sub('$share/g/a'), sink], ['overlap', 'gated', 'exclusive']],
		['HTTP without state', [source('answer'), node('answer', 'http response')], ['overlap', 'gated', 'exclusive']],
		['nothing that emits', [button('sink'), sink, broker()], ['overlap', 'gated', 'exclusive']],
		['an ordinary subscription', [broker(), sub('a'), sink], ['gated', 'exclusive']],
		['a timer', [node('t', 'inject', { repeat: '5' }, 'sink'), sink, broker()], ['gated', 'exclusive']],
		['HTTP with state', [source('t'), node('t', 'trigger', {}, 'answer'), node('answer', 'http response')], ['gated', 'exclusive']],
		['a fixed client id', [broker({ clientid: 'plant' }), sub('a'), sink], ['exclusive']],
		[
			'a session that the broker hands over',
			[broker({ clientid: 'plant', cleansession: false, autoUnsubscribe: false }), sub('a'), sink],
			['takeover', 'exclusive'],
		],
		[
			'such a session beside a timer',
			[
				broker({ clientid: 'plant', cleansession: false, autoUnsubscribe: false }),
				sub('a'),
				sink,
				node('t', 'inject', { repeat: '5' }, 'sink'),
			],
			['takeover', 'exclusive'],
		],
		['a client id of its own session', [broker({ clientid: 'plant', cleansession: true }), sub('a'), sink], ['exclusive']],
		[
			'subscriptions made by messages',
			[broker(), node('in', 'mqtt in', { inputs: 1, broker: 'b' }, 'sink'), button('in'), sink],
			['exclusive'],
		],
		['a farewell', [broker({ closeTopic: 'state' }), sub('a'), sink], ['exclusive']],
		['a listening port', [node('p', 'tcp in', { server: 'server', port: '1' }, 'sink'), sink, broker()], ['exclusive']],
		['a device', [node('p', 'serial in', {}, 'sink'), sink, broker()], ['exclusive']],
		[
			'code that acts in On Start',
			[node('f', 'function', { func: '', initialize: 'node.send({});' }, 'sink'), sink, broker()],
			['exclusive'],
		],
		['an unknown source', [node('u', 'acme-source', {}, 'sink'), sink, broker()], ['exclusive']],
	])('of a flow with %s', (_name, flows, expected) => {
		expect(allows(flows)).toEqual(expected);
	});

	it('are the same in both modes, but for readiness', () => {
		const flows = [tab, broker(), sub('a'), sink];
		const [spare, balanced] = [verdictOf(flows), verdictOf(flows, 'load-balanced')];
		expect(balanced?.allows).toEqual(spare?.allows);
		expect([spare?.notReady, balanced?.notReady]).toEqual([false, true]);
	});

	it('name the nodes that forbid the better strategies, and their rules', () => {
		expect(verdictOf([tab, broker(), sub('a'), sink])?.because).toEqual([
			{ strategy: 'overlap', nodeId: 'in', rule: 'mqtt-subscription-not-shared', reason: expect.stringMatching(/^The broker .*\.$/) },
			{ strategy: 'takeover', nodeId: 'tab', rule: null, reason: expect.any(String) },
		]);
	});

	it('count what a subflow does for each flow that uses it, and what a broker does for each of its users', () => {
		const flows: FlowNode[] = [
			tab,
			{ id: 'tab2', type: 'tab', label: 'Two' },
			{ id: 'tab3', type: 'tab', label: 'Off', disabled: true },
			{ id: 's', type: 'subflow', name: 'S', in: [], out: [{ wires: [{ id: 'serial', port: 0 }] }] },
			{ ...node('serial', 'serial in'), z: 's' },
			{ ...node('i', 'subflow:s', {}, 'd'), z: 'tab2' },
			{ ...node('d', 'debug'), z: 'tab2' },
		];
		const verdicts = lint(flows, { mode: 'hot-spare' }).verdicts;
		expect(verdicts?.map(({ flowId, allows }) => [flowId, allows])).toEqual([
			['tab', ['overlap', 'gated', 'exclusive']],
			['tab2', ['exclusive']],
		]);
	});

	it('say that a flow is not ready where an error stands against it', () => {
		const verdict = verdictOf([
			tab,
			source('f'),
			node('f', 'function', { func: 'return msg' }),
			node('bad', 'function', { func: 'return (' }),
		]);
		expect(verdict).toMatchObject({
			notReady: true,
			because: expect.arrayContaining([expect.objectContaining({ strategy: 'any', rule: 'function-syntax' })]),
		});
	});

	it('bear subflows and config nodes that are nested very deeply, or in themselves', () => {
		const depth = 5_000;
		const nested: FlowNode[] = [tab, { ...node('first', 'subflow:s0'), z: 'tab' }];
		for (let level = 0; level < depth; level++)
			nested.push({ id: `s${level}`, type: 'subflow', in: [], out: [] }, { ...node(`i${level}`, `subflow:s${level + 1}`), z: `s${level}` });
		nested.push({ id: `s${depth}`, type: 'subflow', in: [], out: [] }, { ...node('deep', 'serial out'), z: `s${depth}` });
		expect(lint(nested, { mode: 'hot-spare' }).verdicts?.[0]?.allows).toEqual(['exclusive']);

		const chained: FlowNode[] = [
			tab,
			node('in', 'mqtt in', { broker: 'c0' }),
			config(`c${depth}`, 'telegram bot', { updatemode: 'polling', next: 'c0' }),
		];
		for (let level = 0; level < depth; level++) chained.push(config(`c${level}`, 'acme-config', { next: `c${level + 1}` }));
		expect(lint(chained, { mode: 'hot-spare' }).verdicts?.[0]?.because.map(({ nodeId }) => nodeId)).toContain(`c${depth}`);
	});
});
