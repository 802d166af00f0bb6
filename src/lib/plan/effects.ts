import type { FlowNode } from '../flows/node.ts';
import { findKnowledge } from '../lint/catalogue/index.ts';
import type { Family, Finding, LintReport } from '../lint/finding.ts';
import { hasClientId } from '../lint/mqtt.ts';
import type { Strategy } from '../promotion/journal.ts';
import type { ContextPolicy, Effect } from './plan.ts';

interface Consequence {
	kind: Effect['kind'];
	families: Family[];
	what: string;
}

/** What any cutover does with the hazards that the lint found. */
const consequences: Consequence[] = [
	{ kind: 'resets', families: ['implicit-state'], what: 'nodes that keep something in memory begin anew' },
	{
		kind: 'may lose',
		families: ['cutover'],
		what: 'work that a drain cannot see, or that takes longer than the drain waits, ends with the old release',
	},
	{ kind: 'may double', families: ['timers'], what: 'timers that fire at every start fire again' },
];

/** What `exclusive` does besides: for a moment nobody is subscribed. */
const withoutGate: Consequence = {
	kind: 'may lose',
	families: ['subscriptions'],
	what: 'messages that arrive while neither release is subscribed are lost, or each instance handles its own copy',
};
const contextCarried: Consequence = {
	kind: 'carried',
	families: ['explicit-state'],
	what: 'context kept in memory is carried over, but for functions, connections and other instances of classes, which are reported',
};
const contextResets: Consequence = { kind: 'resets', families: ['explicit-state'], what: 'context kept in memory begins anew' };

const contextShared: Effect = {
	kind: 'carried',
	what: 'context in the shared store stays where it is: the new release goes on with it, and a rollback with what that has made of it',
	nodes: 0,
};

/** One store has one value of a key, for the release that comes and for the one that a rollback brings back. */
function exceptionsGoOn(except: readonly string[]): Effect {
	return {
		kind: 'carried',
		what: `what context.except names begins anew in memory stores alone, and goes on in the shared one: ${except.join(', ')}`,
		nodes: 0,
	};
}

/** Medians of `npm run bench:cutover` on two shared cores, rounded up (docs/benchmarks.md): an order of magnitude. */
const SILENCE_MS = { overlap: 170, gated: 80, takeover: 80, exclusive: 120 };

/** What a cutover will do to traffic, messages and state. Pure. */
export function predictEffects(strategy: Strategy, flows: FlowNode[], lint: LintReport, context: ContextPolicy): Effect[] {
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
	effects.push({
		kind: 'silence',
		what: `for some ${SILENCE_MS[strategy]} ms nothing comes out, and for as long as the drain takes`,
		nodes: 0,
	});
	if (strategy !== 'exclusive') effects.push(...handedOver(flows));
	if (context.store === 'sqlite') effects.push(contextShared);
	// Beside the shared store there may be memory stores, of settings of the user's own.
	const known = [context.carry ? contextCarried : contextResets, ...consequences, ...(strategy === 'exclusive' ? [withoutGate] : [])];
	for (const { kind, families, what } of known) {
		const nodes = new Set(lint.findings.filter(({ family }) => families.includes(family)).map(({ nodeId }: Finding) => nodeId)).size;
		if (nodes > 0) effects.push({ kind, what, nodes });
	}
	if (context.store === 'sqlite' && context.except.length > 0) effects.push(exceptionsGoOn(context.except));
	else if (context.carry && context.except.length > 0)
		effects.push({ kind: 'resets', what: `context that the configuration leaves out begins anew: ${context.except.join(', ')}`, nodes: 0 });
	return effects;
}

/** How each kind of MQTT subscription goes over where the new flows wait behind a gate; see src/agent/gate.ts. */
function handedOver(flows: FlowNode[]): Effect[] {
	const byId = new Map(flows.map((node) => [node.id, node]));
	const kinds = { ordinary: 0, shared: 0, session: 0 };
	for (const node of flows) {
		if (node.type !== 'mqtt in') continue;
		const broker = byId.get(String(node.broker));
		if (String(node.topic).startsWith('$share/')) kinds.shared++;
		else if (broker && hasClientId(broker)) kinds.session++;
		else kinds.ordinary++;
	}
	const effects: Effect[] = [
		{
			kind: 'handed over',
			what: 'ordinary MQTT subscriptions: both releases are subscribed, and the cut is counted',
			nodes: kinds.ordinary,
		},
		{ kind: 'handed over', what: 'shared MQTT subscriptions: the new release keeps its share until it may begin', nodes: kinds.shared },
		{
			kind: 'handed over',
			what: 'MQTT sessions with a client id: the broker keeps what comes until the new release connects',
			nodes: kinds.session,
		},
	];
	const byClock: Effect = {
		kind: 'may double',
		what: 'other sources, which both releases have for a moment, go over by the clock: what comes at that very moment may be lost or doubled',
		nodes: flows.filter(goesByClock).length,
	};
	return [...effects, byClock].filter(({ nodes }) => nodes > 0);
}

/** Told by the outside, and not counted; timers and polls come again, and what browsers send waits at the router. */
const BY_CLOCK: ReadonlySet<string | undefined> = new Set(['subscription', 'listener', 'file', 'device']);

function goesByClock({ type, d }: FlowNode): boolean {
	return d !== true && type !== 'mqtt in' && BY_CLOCK.has(findKnowledge(type)?.emits);
}
