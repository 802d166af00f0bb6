import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { lint } from '../../../src/lib/lint/engine.ts';
import { buildPlan } from '../../../src/lib/plan/build.ts';
import { compareFlows } from '../../../src/lib/plan/changes.ts';
import type { Lack } from '../../../src/lib/plan/completeness/lack.ts';
import type { PlanInput } from '../../../src/lib/plan/plan.ts';
import type { Snapshot } from '../../../src/lib/snapshot/snapshot.ts';
import { renderPlan } from '../../../src/lib/ui/render-plan.ts';
import { plainTheme } from '../../../src/lib/ui/theme.ts';

const tab: FlowNode = { id: 't1', type: 'tab', label: 'Plant' };
const work: FlowNode = { id: 'f1', type: 'function', z: 't1', name: 'work', func: 'return msg;', x: 10, y: 10, wires: [[]] };
const config: FlowNode = { id: 'b1', type: 'mqtt-broker', name: 'broker', port: '${MQTT_PORT}' };

describe('compareFlows', () => {
	it('counts by flow, and leaves flows without a difference out', () => {
		const before = [tab, work, { id: 't2', type: 'tab', label: 'Same' }, { id: 'x1', type: 'debug', z: 't2' }];
		const after = [
			tab,
			{ ...work, func: 'return null;' },
			{ id: 'n1', type: 'debug', z: 't1' },
			before[2],
			before[3],
			config,
		] as FlowNode[];
		expect(compareFlows(before, after)).toEqual([
			{ flow: 'Plant', added: 1, removed: 0, changed: 1 },
			{ flow: null, added: 1, removed: 0, changed: 0 },
		]);
		expect(compareFlows(after, before)).toContainEqual({ flow: 'Plant', added: 0, removed: 1, changed: 1 });
	});

	it('takes neither a move nor another order of keys for a change', () => {
		const moved = { wires: [[]], y: 99, x: 50, func: 'return msg;', name: 'work', z: 't1', type: 'function', id: 'f1' };
		expect(compareFlows([tab, work], [moved, tab])).toEqual([]);
	});
});

describe('buildPlan', () => {
	const snapshot = (id: string, flows: FlowNode[], palette: string[] = []): Snapshot => ({
		id: id.repeat(64),
		content: { flows, palette: palette.map((name) => ({ name, version: '1.0.0', types: [] })), nodeRed: { version: '5.0.7' } },
		source: { kind: 'user-dir', path: '/dev', flowFile: 'flows.json' },
		author: 'a',
		time: '2026-01-01T00:00:00.000Z',
		message: '',
	});
	const release = (number: number, of: Snapshot) => ({ number, snapshot: of.id, created: '2026-01-01T00:00:00.000Z' });
	const input = (next: Snapshot, more: Partial<PlanInput> = {}): PlanInput => ({
		environment: 'production',
		mode: 'hot-spare',
		failOn: 'error',
		snapshot: next,
		lint: lint(next.content.flows, { mode: 'hot-spare' }),
		serving: null,
		choice: { strategy: 'exclusive', because: [], warnings: [] },
		spare: { spare: 'warm', because: [] },
		slots: { blue: null, green: null },
		context: { store: 'memory', carry: true, except: [] },
		primary: null,
		completeness: { lacks: [] },
		credentials: new Set(),
		origin: { kind: 'stored', snapshot: next.id },
		stage: null,
		servingLint: null,
		installs: [],
		sinceServing: null,
		safeguards: { checks: [], hooks: [], bakeMs: 0, keep: 'warm' },
		...more,
	});
	const one = snapshot('1', [tab, work], ['old']);
	const two = snapshot('2', [tab, { ...work, func: 'return null;' }], ['new']);

	it('fills blue first, without a cutover', () => {
		expect(buildPlan(input(one))).toMatchObject({
			strategy: 'first',
			from: null,
			to: { slot: 'blue', givesUp: null },
			effects: [],
			nothingToDo: false,
		});
	});

	it('fills the other slot, and says which warm release that gives up', () => {
		const plan = buildPlan(
			input(two, {
				serving: { slot: 'blue', release: release(2, one), snapshot: one },
				slots: { blue: release(2, one), green: release(1, two) },
			}),
		);
		expect(plan).toMatchObject({ strategy: 'exclusive', from: { slot: 'blue', release: 2 }, to: { slot: 'green', givesUp: 1 } });
		expect(plan.palette).toEqual({ added: ['new@1.0.0'], removed: ['old@1.0.0'], changed: [] });
		expect(plan.effects.map(({ kind }) => kind)).toEqual(['drained', 'silence']);
		expect(renderPlan(plan, plainTheme)).toContain(`\n  see them: flowferry diff production ${'2'.repeat(12)}\n`);
	});

	it('says of each kind of source how it goes over behind a gate, and what nobody can promise', () => {
		const sources = snapshot('6', [
			tab,
			{ id: 'b1', type: 'mqtt-broker' },
			{ id: 'b2', type: 'mqtt-broker', clientid: 'plant' },
			{ id: 'm1', type: 'mqtt in', z: 't1', broker: 'b1', topic: 'a', wires: [[]] },
			{ id: 'm2', type: 'mqtt in', z: 't1', broker: 'b1', topic: '$share/g/a', wires: [[]] },
			{ id: 'm3', type: 'mqtt in', z: 't1', broker: 'b2', topic: 'a', wires: [[]] },
			{ id: 'w1', type: 'watch', z: 't1', files: '/data', wires: [[]] },
			{ id: 'i1', type: 'inject', z: 't1', repeat: '5', wires: [[]] },
		]);
		const serving = { slot: 'blue' as const, release: release(1, one), snapshot: one };
		const choose = (strategy: 'gated' | 'exclusive') =>
			buildPlan(input(sources, { serving, choice: { strategy, because: [], warnings: [] } })).effects;
		const told = choose('gated').filter(({ kind, what }) => kind === 'handed over' || what.includes('by the clock'));
		expect(told.map(({ what, nodes }) => [what.split(':')[0]?.split(',')[0], nodes])).toEqual([
			['ordinary MQTT subscriptions', 1],
			['shared MQTT subscriptions', 1],
			['MQTT sessions with a client id', 1],
			['other sources', 1],
		]);
		expect(choose('exclusive').map(({ kind }) => kind)).not.toContain('handed over');
	});

	it('carries the verdicts, and warns of flows that are not ready for the mode', () => {
		const twice = snapshot('5', [
			tab,
			{ id: 'i1', type: 'inject', z: 't1', name: 'tick', repeat: '5', x: 1, y: 1, wires: [['d1']] },
			{ id: 'd1', type: 'mqtt out', z: 't1', broker: 'b1', topic: 'out', x: 1, y: 1, wires: [] },
			config,
		]);
		const plan = buildPlan(
			input(twice, {
				mode: 'load-balanced',
				lint: lint(twice.content.flows, { mode: 'load-balanced' }),
			}),
		);
		expect(plan.verdicts.map(({ flowLabel, notReady }) => [flowLabel, notReady])).toEqual([['Plant', true]]);
		expect(plan.warnings).toEqual(["the flow 'Plant' is not ready for this mode: timer-on-every-instance at i1"]);
	});

	it('tells what becomes of context in memory', () => {
		const counting = snapshot('3', [
			tab,
			{ ...work, func: "flow.set('n', (flow.get('n') || 0) + 1); return msg;" },
			{ id: 'i1', type: 'inject', z: 't1', repeat: '5', wires: [['f1']] },
		]);
		const effects = (policy: Partial<PlanInput['context']>) =>
			buildPlan(
				input(counting, {
					serving: { slot: 'blue', release: release(1, one), snapshot: one },
					context: { store: 'memory', carry: true, except: [], ...policy },
					choice: { strategy: 'exclusive', because: [], warnings: [] },
				}),
			)
				.effects.filter(({ what }) => what.includes('context'))
				.map(({ kind, what }) => [kind, what.split(',')[0]]);
		expect(effects({ carry: true, except: [] })).toEqual([['carried', 'context kept in memory is carried over']]);
		expect(effects({ carry: true, except: ['flow.Plant.n'] })).toEqual([
			['carried', 'context kept in memory is carried over'],
			['resets', 'context that the configuration leaves out begins anew: flow.Plant.n'],
		]);
		expect(effects({ carry: false, except: [] })).toEqual([['resets', 'context kept in memory begins anew']]);
		const shared = ['carried', 'context in the shared store stays where it is: the new release goes on with it'];
		expect(effects({ store: 'sqlite', carry: false })).toEqual([shared, ['resets', 'context kept in memory begins anew']]);
		expect(effects({ store: 'sqlite', except: ['flow.Plant.n'] })).toEqual([
			shared,
			['carried', 'context kept in memory is carried over'],
			['carried', 'what context.except names begins anew in memory stores alone'],
		]);
	});

	it('has nothing to do where the snapshot serves', () => {
		expect(buildPlan(input(one, { serving: { slot: 'blue', release: release(1, one), snapshot: one } })).nothingToDo).toBe(true);
	});

	const lacks: Lack[] = [
		{ kind: 'variable', certainty: 'certain', nodes: [], message: 'MQTT_PORT is not set', remedy: 'set it' },
		{ kind: 'variable', certainty: 'certain', nodes: [], message: 'MQTT_HOST is not set', remedy: 'set it' },
		{ kind: 'type', certainty: 'certain', nodes: [], message: 'no module brings x', remedy: 'install y' },
		{ kind: 'host', certainty: 'likely', nodes: [], message: "'m' connects to localhost", remedy: 'add it to hosts' },
	];

	it('is blocked by what is certainly missing, once for each kind, and by the lint gate', () => {
		const broken = snapshot('3', [tab, config, { ...work, func: 'return msg +;' }]);
		const plan = buildPlan(input(broken, { completeness: { lacks } }));
		expect(plan.blockers.map(({ code }) => code)).toEqual(['VARIABLES_MISSING', 'TYPES_MISSING', 'LINT_GATE']);
		expect(plan.blockers[0]).toEqual({
			code: 'VARIABLES_MISSING',
			message: 'production lacks what the snapshot needs:\n  MQTT_PORT is not set\n  MQTT_HOST is not set',
			hint: 'set it',
		});
		expect(plan.completeness).toEqual({ lacks });
		expect(buildPlan(input(broken, { failOn: 'never' })).blockers).toEqual([]);
	});

	it('warns of what is likely to be missing, and shows it once', () => {
		const plan = buildPlan(input(one, { completeness: { lacks } }));
		expect(plan.warnings).toEqual(["'m' connects to localhost: add it to hosts"]);
		const view = renderPlan(plan, plainTheme);
		expect(view).toContain("\nCompleteness\n  missing 2 variables, 1 node type\n  perhaps 'm' connects to localhost: add it to hosts\n");
		expect(view.split('connects to localhost')).toHaveLength(2);
		expect(renderPlan(buildPlan(input(one)), plainTheme)).not.toContain('Completeness');
	});

	it('names credentials that no node takes', () => {
		expect(buildPlan(input(one, { credentials: new Set(['f1', 'gone']) })).warnings).toEqual([
			'the configuration gives credentials to node gone, which the flows do not have',
		]);
	});

	it('names sources of the primary that the flows do not have', () => {
		const primary = { timers: true, sources: ['f1', 'cron-plus'], except: [] };
		expect(buildPlan(input(one, { primary })).warnings).toEqual([
			'the configuration names cron-plus under primary, but no node or flow of the snapshot is called so',
		]);
	});
});
