import { canonicalFlows, canonicalJson } from '../canonical.ts';
import type { FlowNode } from '../node.ts';
import { toNumber } from '../scalar.ts';
import { diffCredentials } from './credentials.ts';
import { type Names, nameNodes } from './names.ts';
import { type NodePair, pairNodes } from './pairs.ts';
import { diffPalettes } from './palette.ts';
import { diffAdded, diffChanged } from './properties.ts';
import type { DiffOptions, FlowDiff, NodeDiff, SnapshotDiff, SnapshotSide } from './snapshot-diff.ts';

/** What differs between two snapshots. The order of nodes and of keys in them does not matter. */
export function compareSnapshots(before: SnapshotSide, after: SnapshotSide, options: DiffOptions): SnapshotDiff {
	const earlier = new Map(before.flows.map((node) => [node.id, node]));
	const later = new Map(after.flows.map((node) => [node.id, node]));
	const names = { before: nameNodes(earlier, later), after: nameNodes(later, earlier) };
	const flows = compareByFlow(before.flows, after.flows, { earlier, later, names }, options);
	const palette = diffPalettes(before.palette, after.palette);
	const versions = { before: before.nodeRed.version, after: after.nodeRed.version };
	const nodeRed = versions.before === versions.after ? null : versions;
	const tabOrder = options.layout ? diffTabOrder(before.flows, after.flows) : null;
	const credentials = diffCredentials(before, after, names);
	if (flows.length + palette.length + credentials.length > 0 || nodeRed || tabOrder)
		return { kind: 'different', flows, palette, credentials, nodeRed, tabOrder };
	const text = (nodes: readonly FlowNode[]) => canonicalJson(canonicalFlows(nodes));
	return text(before.flows) === text(after.flows) ? { kind: 'identical' } : { kind: 'layout' };
}

interface Sides {
	earlier: ReadonlyMap<string, FlowNode>;
	later: ReadonlyMap<string, FlowNode>;
	names: { before: Names; after: Names };
}

function compareByFlow(
	before: readonly FlowNode[],
	after: readonly FlowNode[],
	{ earlier, later, names }: Sides,
	options: DiffOptions,
): FlowDiff[] {
	const flows = new Map<string | null, FlowDiff>();
	/** Where it was removed, its flow may be known on the one side alone. */
	const flowOf = (id: string | null): FlowDiff => {
		const known = flows.get(id);
		if (known) return known;
		const state = id === null || (earlier.has(id) && later.has(id)) ? 'kept' : later.has(id) ? 'added' : 'removed';
		const flow: FlowDiff = { flow: id === null ? null : names.after.of(id), state, changes: [], nodes: [] };
		flows.set(id, flow);
		return flow;
	};
	for (const pair of pairNodes(before, after, options).sort(inReadingOrder)) {
		const node = pair.kind === 'removed' ? pair.before : pair.after;
		const own = pair.kind === 'removed' ? earlier : later;
		if (isFlow(node)) flowOf(node.id).changes.push(...changesOf(pair, names, options));
		else flowOf(isFlow(own.get(node.z ?? '')) ? (node.z as string) : null).nodes.push(diffNode(pair, names, options));
	}
	return [...flows.values()].sort(byKindAndName);
}

function diffNode(pair: NodePair, names: { before: Names; after: Names }, options: DiffOptions): NodeDiff {
	if (pair.kind === 'removed') return { kind: 'removed', node: names.before.of(pair.before.id) };
	return { kind: pair.kind, node: names.after.of(pair.after.id), changes: changesOf(pair, names, options) };
}

function changesOf(pair: NodePair, names: { before: Names; after: Names }, options: DiffOptions) {
	if (pair.kind === 'removed') return [];
	return pair.kind === 'added' ? diffAdded(pair.after, names, options) : diffChanged(pair, names, options);
}

function isFlow(node: FlowNode | undefined): boolean {
	return node?.type === 'tab' || node?.type === 'subflow';
}

function diffTabOrder(before: readonly FlowNode[], after: readonly FlowNode[]): { before: string[]; after: string[] } | null {
	const tabs = (nodes: readonly FlowNode[]) => nodes.filter(({ type }) => type === 'tab');
	const inBoth = (own: readonly FlowNode[], other: readonly FlowNode[]) => {
		const ids = new Set(tabs(other).map(({ id }) => id));
		return tabs(own).filter(({ id }) => ids.has(id));
	};
	const [old, next] = [inBoth(before, after), inBoth(after, before)];
	if (old.every(({ id }, index) => id === next[index]?.id)) return null;
	const labels = (nodes: FlowNode[]) => nodes.map(({ id, label }) => label || id);
	return { before: labels(old), after: labels(next) };
}

/** As the editor shows them: from top to bottom, then from left to right. */
function inReadingOrder(a: NodePair, b: NodePair): number {
	const [one, other] = [a, b].map((pair) => (pair.kind === 'removed' ? pair.before : pair.after)) as [FlowNode, FlowNode];
	return compareNumbers(one.y, other.y) || compareNumbers(one.x, other.x) || compareText(one.id, other.id);
}

function compareNumbers(a: unknown, b: unknown): number {
	return (toNumber(a) || 0) - (toNumber(b) || 0) || 0;
}

const RANKS: Record<string, number> = { tab: 0, subflow: 1 };

function byKindAndName({ flow: a }: FlowDiff, { flow: b }: FlowDiff): number {
	const rank = (type: string | undefined) => RANKS[type ?? ''] ?? 2;
	return rank(a?.type) - rank(b?.type) || compareText(a?.name ?? '', b?.name ?? '') || compareText(a?.id ?? '', b?.id ?? '');
}

/** By code unit: the order must not depend on a locale. */
function compareText(a: string, b: string): number {
	if (a === b) return 0;
	return a < b ? -1 : 1;
}
