import { createHash } from 'node:crypto';
import type { FlowNode } from '../flows/node.ts';

/** As Node-RED computes the `rev` of flows that it loads: sha256 of them as JSON, in the order in which they stand. */
export function revOf(flows: readonly FlowNode[]): string {
	return createHash('sha256').update(JSON.stringify(flows)).digest('hex');
}
