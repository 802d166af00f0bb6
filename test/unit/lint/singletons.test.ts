import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { findUnknownPins, resolveSingletons } from '../../../src/lib/lint/singletons.ts';

const flows: FlowNode[] = [
	{ id: 'tab1', type: 'tab', label: 'Nightly jobs' },
	{ id: 'sub1', type: 'subflow', name: 'Poller' },
	{ id: 'c1', type: 'cronplus', z: 'tab1', name: 'backup' },
	{ id: 'f1', type: 'function', z: 'tab1', name: 'work' },
	{ id: 's1', type: 'inject', z: 'sub1', name: '' },
	{ id: 'i1', type: 'subflow:sub1', z: 'tab2', name: 'boiler' },
];
const policy = (sources: string[], except: string[] = []) => ({ timers: true, sources, except });

describe('what a policy of the primary names', () => {
	it.each<[string, string[], string[], string[]]>([
		['a node by its id', ['c1'], ['c1'], []],
		['a node by its name', ['back*'], ['c1'], []],
		['nodes by their type', ['cronplus'], ['c1'], []],
		['a flow by its label', ['Nightly *'], [], ['c1', 'f1']],
		['a flow by its id', ['tab1'], [], ['c1', 'f1']],
		['a subflow by its name', ['Poller'], [], ['s1']],
		['an instance of a subflow', ['boiler'], ['i1'], ['s1']],
		['nothing', ['elsewhere', ''], [], []],
	])('is %s', (_what, sources, nodes, within) => {
		expect(resolveSingletons(flows, policy(sources))).toEqual({ timers: true, nodes, within, except: [] });
	});

	it('is excepted in the same way', () => {
		expect(resolveSingletons(flows, policy(['c1'], ['Poller', 'work']))).toMatchObject({ nodes: ['c1'], except: ['f1', 's1'] });
	});

	it('is told where the flows do not have it', () => {
		expect(findUnknownPins(flows, policy(['backup', 'cron-plus', 'gone'], ['gone', 'Poller']))).toEqual(['cron-plus', 'gone']);
	});
});
