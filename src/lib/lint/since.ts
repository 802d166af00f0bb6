import { canonicalJson } from '../flows/canonical.ts';
import type { FlowNode } from '../flows/node.ts';
import { type Finding, severities } from './finding.ts';

/** Of no meaning for what runs; credentials are left out because snapshots do not hold them. */
const NOT_COMPARED = new Set(['x', 'y', 'w', 'h', 'l', 'credentials']);

/**
 * Findings that are news: those at nodes that are new or changed, and those that were not there before, because what changed is
 * elsewhere: a flow was switched on, a broker's settings or a wire upstream are others.
 */
export function keepNews<T extends Finding>(
	now: { flows: readonly FlowNode[]; findings: readonly T[] },
	before: { flows: readonly FlowNode[]; findings: readonly Finding[] },
): T[] {
	const earlierNodes = new Map(before.flows.map((node) => [node.id, node]));
	const nodes = new Map(now.flows.map((node) => [node.id, node]));
	const earlier = new Map<string, number>();
	for (const { rule, nodeId, severity } of before.findings) {
		const key = `${rule} ${nodeId}`;
		earlier.set(key, Math.min(severities.indexOf(severity), earlier.get(key) ?? severities.length));
	}
	const isChanged = (id: string): boolean => {
		const [node, old] = [nodes.get(id), earlierNodes.get(id)];
		return node === undefined || old === undefined || comparable(node) !== comparable(old);
	};
	return now.findings.filter(({ rule, nodeId, severity }) => {
		const gravest = earlier.get(`${rule} ${nodeId}`) ?? severities.length;
		return severities.indexOf(severity) < gravest || isChanged(nodeId);
	});
}

function comparable(node: FlowNode): string {
	return canonicalJson(Object.fromEntries(Object.entries(node).filter(([key]) => !NOT_COMPARED.has(key))));
}
