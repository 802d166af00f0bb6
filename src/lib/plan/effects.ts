import type { FlowNode } from '../flows/node.ts';
import type { Family, Finding, LintReport } from '../lint/finding.ts';
import type { Strategy } from '../promotion/journal.ts';
import type { Effect } from './plan.ts';

interface Consequence {
	kind: Effect['kind'];
	families: Family[];
	what: string;
}

/** What a cutover by `exclusive` does with the hazards that the lint found. */
const consequences: Consequence[] = [
	{ kind: 'resets', families: ['implicit-state'], what: 'nodes that keep something in memory begin anew' },
	{ kind: 'resets', families: ['explicit-state'], what: 'context kept in memory begins anew' },
	{
		kind: 'may lose',
		families: ['subscriptions'],
		what: 'messages that arrive while neither release is subscribed are lost, or each instance handles its own copy',
	},
	{
		kind: 'may lose',
		families: ['cutover'],
		what: 'work that a drain cannot see, or that takes longer than the drain waits, ends with the old release',
	},
	{ kind: 'may double', families: ['timers'], what: 'timers that fire at every start fire again' },
];

/** What a cutover will do to traffic, messages and state. Pure. */
export function predictEffects(strategy: Strategy, flows: FlowNode[], lint: LintReport): Effect[] {
	if (strategy === 'first') return [];
	const httpNodes = flows.filter(({ type }) => type === 'http in').length;
	const effects: Effect[] = [];
	if (httpNodes > 0)
		effects.push({ kind: 'held', what: 'HTTP requests and new WebSockets wait until the new release serves', nodes: httpNodes });
	effects.push({
		kind: 'drained',
		what: 'what the old release has accepted comes out before it stops; what is left at the deadline is counted',
		nodes: 0,
	});
	for (const { kind, families, what } of consequences) {
		const nodes = new Set(lint.findings.filter(({ family }) => families.includes(family)).map(({ nodeId }: Finding) => nodeId)).size;
		if (nodes > 0) effects.push({ kind, what, nodes });
	}
	return effects;
}
