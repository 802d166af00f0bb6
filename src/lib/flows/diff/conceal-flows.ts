import { mapTexts } from '../map-texts.ts';
import type { FlowNode } from '../node.ts';
import { conceal } from './secrets.ts';

/** What says where a node is and what it is connected to. */
const STRUCTURE: ReadonlySet<string> = new Set([
	'id',
	'type',
	'z',
	'g',
	'wires',
	'in',
	'out',
	'status',
	'nodes',
	'links',
	'scope',
	'x',
	'y',
	'w',
	'h',
	'l',
	'd',
	'disabled',
]);

/** Code and long texts, which no drawing shows. */
const UNSEEN: ReadonlySet<string> = new Set(['func', 'initialize', 'finalize', 'template', 'format', 'info', 'env', 'credentials']);

/**
 * Flows as they may be drawn where others see them: without code and credentials, and with what looks like a secret taken out, as a
 * diff has it. @param redact knows secrets that do not look like any
 */
export function concealFlows(nodes: readonly FlowNode[], redact: (text: string) => string): FlowNode[] {
	return nodes.map((node) => {
		const shown: FlowNode = { id: node.id, type: node.type };
		for (const [key, value] of Object.entries(node)) {
			if (STRUCTURE.has(key)) shown[key] = value;
			else if (!UNSEEN.has(key)) shown[key] = mapTexts(conceal(key, value, node), redact);
		}
		return shown;
	});
}
