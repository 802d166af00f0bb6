import type { FlowNode } from '../flows/node.ts';
import { isCompeting } from './catalogue/knowledge.ts';
import type { Finding } from './finding.ts';
import { findHomes } from './flow-homes.ts';
import { findSubscriptions, hasClientId, isFromEnvironment, sessionOf } from './mqtt.ts';
import type { Rule } from './rule.ts';
import type { RuleContext } from './rule-context.ts';
import { type CutoverStrategy, cutoverStrategies, type FlowVerdict, type Obstacle } from './verdict.ts';

/** Beyond so many nodes for one strategy, more names say nothing new. */
const named = 10;

/** Rules whose errors under load balancing mean that something must not be connected twice, not even behind a gate. */
const connectsTwice = new Set(['fixed-client-id', 'hardware', 'single-client-account', 'listening-port', 'function-server']);

interface Found extends Obstacle {
	node: FlowNode;
}

/**
 * Verdicts on all enabled flows, in the order of the file. What two releases may do at the same time is what two instances may:
 * so the rules are asked as for load balancing, whatever the mode of the report.
 */
export function judgeFlows(context: RuleContext, rules: readonly Rule[], findings: readonly Finding[]): FlowVerdict[] {
	const tabs = context.graph.nodes.filter((node) => node.type === 'tab' && node.disabled !== true);
	if (tabs.length === 0) return [];
	const homesOf = findHomes(context.graph);
	const byFlow = new Map<string, Obstacle[]>(tabs.map((tab) => [tab.id, []]));
	const balanced = context.mode === 'load-balanced' ? blamed(context, findings) : judged(context.inMode('load-balanced'), rules);
	for (const { node, ...obstacle } of [
		...againstMode(context, findings),
		...balanced.flatMap(againstOverlap),
		...againstSources(context),
		...againstMqtt(context),
	])
		for (const home of homesOf(node)) byFlow.get(home)?.push(obstacle);
	const handedOver = new Set(
		context
			.ofType('mqtt in')
			.filter((node) => isHandedOver(node, context))
			.flatMap((node) => [...homesOf(node)]),
	);
	const sharing = new Map(findSharing(context).flatMap((node) => [...homesOf(node)].map((home) => [home, node.id])));
	return tabs.map((tab) => ({
		...toVerdict(tab, byFlow.get(tab.id) ?? [], handedOver.has(tab.id)),
		sharing: sharing.get(tab.id) ?? null,
	}));
}

function toVerdict(tab: FlowNode, found: readonly Obstacle[], handedOver: boolean): Omit<FlowVerdict, 'sharing'> {
	const obstacles = handedOver
		? found
		: [
				...found,
				{
					strategy: 'takeover' as const,
					nodeId: tab.id,
					rule: null,
					reason: 'No persistent MQTT session with a client id feeds this flow.',
				},
			];
	const forbidden = new Set(obstacles.map(({ strategy }) => strategy));
	return {
		flowId: tab.id,
		flowLabel: typeof tab.label === 'string' ? tab.label : '',
		allows: cutoverStrategies.filter((strategy) => !forbidden.has(strategy)),
		notReady: forbidden.has('any'),
		because: (['any', ...cutoverStrategies] as const).flatMap((strategy) =>
			obstacles.filter((obstacle) => obstacle.strategy === strategy).slice(0, named),
		),
	};
}

interface Blamed {
	node: FlowNode;
	rule: string;
	reason: string;
}

function blamed(context: RuleContext, findings: readonly Finding[]): Blamed[] {
	return findings.flatMap(({ nodeId, severity, confidence, rule, message }) => {
		const node = context.graph.byId.get(nodeId);
		return node && severity === 'error' && confidence !== 'low' ? [{ node, rule, reason: firstSentence(message) }] : [];
	});
}

function judged(context: RuleContext, rules: readonly Rule[]): Blamed[] {
	return rules.flatMap((rule) =>
		Array.from(rule.check(context))
			.filter(({ severity, confidence }) => severity === 'error' && confidence !== 'low')
			.map(({ node, message }) => ({ node, rule: rule.id, reason: firstSentence(message) })),
	);
}

function firstSentence(message: string): string {
	return /^.*?[.!?](?=\s|$)/s.exec(message)?.[0] ?? message;
}

function againstMode(context: RuleContext, findings: readonly Finding[]): Found[] {
	return blamed(context, findings).map(({ node, rule, reason }) => ({ strategy: 'any', nodeId: node.id, rule, reason, node }));
}

function againstOverlap({ node, rule, reason }: Blamed): Found[] {
	const strategies: CutoverStrategy[] = ['overlap'];
	if (connectsTwice.has(rule)) strategies.push('gated');
	// A session that the broker passes on is connected by one release after the other.
	if (connectsTwice.has(rule) && !isSessionHandedOver(node)) strategies.push('takeover');
	return strategies.map((strategy) => ({ strategy, nodeId: node.id, rule, reason, node }));
}

/** Sources that do something to one of the finer strategies, though no rule minds them. */
function againstSources(context: RuleContext): Found[] {
	return context.running.flatMap((node): Found[] => {
		const kind = context.sourceKind(node);
		if (kind === null) return [];
		const found = (strategy: CutoverStrategy, rule: string | null, reason: string): Found => ({
			strategy,
			nodeId: node.id,
			rule,
			reason,
			node,
		});
		const obstacles: Found[] = [];
		const behindGate = (rule: string | null, reason: string) => [found('gated', rule, reason), found('takeover', rule, reason)];
		if (kind === 'unknown')
			obstacles.push(
				found('overlap', 'unknown-node-type', 'Nothing is known of this source.'),
				...behindGate('unknown-node-type', 'Nothing is known of this source.'),
			);
		if (node.type === 'function') obstacles.push(...behindGate(null, 'Its code acts in On Start, which a gate does not hold back.'));
		if (context.isSingleton(node) && (kind === 'schedule' || kind === 'poll'))
			obstacles.push(found('overlap', 'timer-on-every-instance', 'It fires on the primary, which one release has after the other.'));
		if (kind === 'start' && context.effectOf(node))
			obstacles.push(found('overlap', 'once-at-takeover', 'It acts as soon as the flows start.'));
		return obstacles;
	});
}

/** What MQTT does outside the flow of messages, where a gate holds nothing back. */
function againstMqtt(context: RuleContext): Found[] {
	const behindGate = (node: FlowNode, rule: string, reason: string): Found[] =>
		(['overlap', 'gated', 'takeover'] as const).map((strategy) => ({ strategy, nodeId: node.id, rule, reason, node }));
	const dynamic = findSubscriptions(context)
		.filter((subscription) => subscription.dynamic)
		.flatMap(({ node }) =>
			behindGate(node, 'mqtt-dynamic-subscription', 'It subscribes when a message tells it to, and those wait at the gate.'),
		);
	const farewells = context
		.ofType('mqtt-broker')
		.filter((broker) => saysFarewell(broker) && !isSessionHandedOver(broker))
		.flatMap((broker) =>
			behindGate(broker, 'mqtt-birth-will', "The old release's farewell would come after the new one's birth, and overwrite it.").filter(
				({ strategy }) => strategy !== 'takeover',
			),
		);
	return [...dynamic, ...farewells];
}

/** Requests are not among them: a router spreads these, and knows who is active. A topic from the environment may be shared. */
function findSharing(context: RuleContext): FlowNode[] {
	const mqtt = findSubscriptions(context).filter(({ shared, fromEnvironment }) => shared || fromEnvironment);
	const others = context.running.filter((node) => {
		const kind = context.sourceKind(node);
		const knowledge = context.knowledge(node);
		return kind !== null && kind !== 'request' && knowledge !== undefined && isCompeting(node, knowledge);
	});
	return [...mqtt.map(({ node }) => node), ...others];
}

/** In files of today `closeTopic`; in later ones an object `close` (core/network/10-mqtt.js). */
function saysFarewell(broker: FlowNode): boolean {
	const nested = broker.close as { topic?: unknown } | null | undefined;
	const topic = broker.closeTopic ?? (typeof nested === 'object' ? nested?.topic : undefined);
	return typeof topic === 'string' && topic.trim() !== '';
}

/** A subscription whose session the broker passes on when the next instance connects under the same client id. */
function isHandedOver(node: FlowNode, context: RuleContext): boolean {
	const broker = node.type === 'mqtt in' ? context.graph.byId.get(String(node.broker ?? '')) : undefined;
	return broker !== undefined && isSessionHandedOver(broker);
}

function isSessionHandedOver(broker: FlowNode): boolean {
	if (broker.type !== 'mqtt-broker' || !hasClientId(broker) || isFromEnvironment(broker.clientid)) return false;
	const session = sessionOf(broker);
	return session.resumes && !session.unsubscribesAtStop;
}
