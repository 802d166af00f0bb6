import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { lint } from '../../../src/lib/lint/engine.ts';
import { buildPlan } from '../../../src/lib/plan/build.ts';
import type { PlanInput } from '../../../src/lib/plan/plan.ts';
import type { Snapshot } from '../../../src/lib/snapshot/snapshot.ts';
import { renderPlan, renderProtection } from '../../../src/lib/ui/render-plan.ts';
import { plainTheme } from '../../../src/lib/ui/theme.ts';

const tab: FlowNode = { id: 't1', type: 'tab', label: 'Plant' };
const count: FlowNode = {
	id: 'f1',
	type: 'function',
	z: 't1',
	name: 'count',
	func: 'context.set("n", (context.get("n") || 0) + 1);\nreturn msg;',
	x: 10,
	y: 10,
	wires: [[]],
};
const feed: FlowNode = { id: 'i1', type: 'http in', z: 't1', name: 'feed', url: '/x', method: 'get', x: 1, y: 1, wires: [['f1']] };

const snapshot = (id: string, flows: FlowNode[], palette: Record<string, string> = {}): Snapshot => ({
	id: id.repeat(64),
	content: {
		flows,
		palette: Object.entries(palette).map(([name, version]) => ({ name, version, types: [] })),
		nodeRed: { version: '5.0.7' },
	},
	source: { kind: 'user-dir', path: '/dev', flowFile: 'flows.json' },
	author: 'a',
	time: '2026-01-01T00:00:00.000Z',
	message: '',
});
const mode = 'load-balanced';
function planOf(old: Snapshot, next: Snapshot, more: Partial<PlanInput> = {}) {
	return buildPlan({
		environment: 'production',
		mode,
		failOn: 'never',
		snapshot: next,
		origin: { kind: 'environment', environment: 'staging', release: 4, snapshot: next.id },
		stage: null,
		lint: lint(next.content.flows, { mode }),
		servingLint: lint(old.content.flows, { mode }),
		installs: [],
		sinceServing: null,
		serving: { slot: 'blue', release: { number: 2, snapshot: old.id, created: '2026-01-01T00:00:00.000Z' }, snapshot: old },
		choice: { strategy: 'exclusive', because: [], warnings: [] },
		spare: { spare: 'warm', because: [] },
		slots: { blue: null, green: null },
		context: { store: 'memory', carry: true, except: [] },
		primary: null,
		completeness: { lacks: [] },
		credentials: new Set(),
		safeguards: { checks: [], hooks: [], bakeMs: 0, keep: 'warm' },
		...more,
	});
}

describe('findings that are new', () => {
	const old = snapshot('1', [tab, feed, count]);

	it('are there to be told apart', () => expect(planOf(old, old).lint.errors + planOf(old, old).lint.warnings).toBeGreaterThan(0));

	it('are none where a node was moved, named or wired otherwise', () => {
		const moved = snapshot('2', [
			tab,
			feed,
			{ ...count, x: 500, y: 300, name: 'counts', wires: [['d1']] },
			{ id: 'd1', type: 'debug', z: 't1' },
		]);
		expect(planOf(old, moved).lint.news).toEqual({ count: 0, first: [] });
	});

	it('are those of a node that is new, or does something else', () => {
		const another = { ...count, id: 'f2', name: 'count more' };
		const news = planOf(old, snapshot('2', [tab, { ...feed, wires: [['f1', 'f2']] }, count, another])).lint.news;
		expect(news?.count).toBeGreaterThan(0);
		expect(new Set(news?.first.map(({ nodeId }) => nodeId))).toEqual(new Set(['f2']));
		const changed = planOf(old, snapshot('2', [tab, feed, { ...count, func: `${count.func}\n// now` }])).lint.news;
		expect(changed?.first.map(({ nodeId }) => nodeId)).toContain('f1');
	});

	it('are not known before the first promotion', () => {
		expect(planOf(old, old, { serving: null, servingLint: null }).lint.news).toBeNull();
	});
});

describe('the palette', () => {
	it('comes, goes and changes its version', () => {
		const plan = planOf(
			snapshot('1', [tab], { a: '1.0.0', b: '1.0.0', c: '1.0.0' }),
			snapshot('2', [tab], { a: '1.0.0', b: '2.0.0', d: '1.0.0' }),
		);
		expect(plan.palette).toEqual({ added: ['d@1.0.0'], removed: ['c@1.0.0'], changed: [{ name: 'b', from: '1.0.0', to: '2.0.0' }] });
	});
});

describe('the stage before', () => {
	const [one, two] = [snapshot('1', [tab]), snapshot('2', [tab, count])];
	it.each([
		[null, undefined],
		[{ environment: 'staging', snapshot: two.id }, undefined],
		[
			{ environment: 'staging', snapshot: one.id },
			`production comes after staging, which runs snapshot ${'1'.repeat(12)} and not ${'2'.repeat(12)}`,
		],
		[{ environment: 'staging', snapshot: null }, `production comes after staging, which runs nothing and not ${'2'.repeat(12)}`],
	])('%o', (stage, message) => {
		expect(planOf(one, two, { stage }).blockers.find(({ code }) => code === 'STAGE_SKIPPED')?.message).toBe(message);
	});
});

describe('a plan for people', () => {
	const shown = renderPlan(
		planOf(snapshot('1', [tab, feed], { a: '1.0.0' }), snapshot('2', [tab, feed, count], { a: '2.0.0' }), {
			installs: ['a@2.0.0'],
			sinceServing: { strategy: 'gated', configuration: ['variables.A', 'failOn'] },
			safeguards: { checks: ['http /health', 'command ./smoke.sh'], hooks: ['before hold', 'promoted'], bakeMs: 0, keep: 'warm' },
		}),
		plainTheme,
	);

	it.each([
		`promote snapshot ${'2'.repeat(12)}, which staging runs as release 4`,
		'palette ~ a 1.0.0 → 2.0.0',
		'to be installed: a@2.0.0',
		'Safeguards: 2 checks (http /health, command ./smoke.sh); 2 hooks (before hold, promoted); the old one stays warm',
		'Since the release that serves: that was promoted by gated; the configuration has changed: variables.A, failOn',
		'new since the release that serves: ',
	])('says %s', (text) => expect(shown).toContain(text));

	it('is one screen', () => expect(shown.split('\n').length).toBeLessThan(40));

	it('says what would refuse it now, and who has approved', () => {
		const gates = [{ code: 'WINDOW_CLOSED' as const, message: 'closed', hint: 'later' }];
		const approvals = { needed: 2, by: [{ identity: 'github:ann', time: 't' }] };
		expect(renderProtection({ gates, approvals }, plainTheme)).toEqual([
			'',
			'Approvals: 1 of 2: github:ann',
			'',
			'not now closed',
			'  → later',
		]);
		expect(renderProtection(null, plainTheme)).toEqual([]);
	});
});
