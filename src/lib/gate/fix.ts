import { resolve } from 'node:path';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Mode } from '../flows/mode.ts';
import { rewriteFlows } from '../flows/rewrite.ts';
import type { Change } from '../lint/change.ts';
import { fixFlows } from '../lint/fix.ts';
import { replaceFlowFile } from './files.ts';
import type { GateRun } from './run.ts';

/** A change of one node, and where it is. */
export interface PlacedChange extends Change {
	/** As reports name it. */
	file: string | null;
	/** How messages name the flows. */
	origin: string;
	nodeType: string;
	/** Empty where the node has no name. */
	nodeName: string;
}

/** What can be changed mechanically against the findings that a run reports: not against what is suppressed or in a baseline. */
export function planFixes({ inputs, report }: GateRun, { mode, group }: { mode: Mode; group: string | undefined }): PlacedChange[] {
	return inputs.flatMap(({ file, origin, flows }) => {
		const findings = report.findings.filter((finding) => finding.file === file);
		const { changes } = fixFlows(flows, { mode, findings, ...(group === undefined ? {} : { group }) });
		const byId = new Map(flows.map((node) => [node.id, node]));
		return changes.map((change) => {
			const { type = '', name } = byId.get(change.nodeId) ?? {};
			return { ...change, file, origin, nodeType: type, nodeName: typeof name === 'string' ? name : '' };
		});
	});
}

/**
 * Writes changes into the flow files.
 * @throws FlowferryError FIX_WITHOUT_FILE with nothing written where flows come from no file; OUTPUT_NOT_WRITTEN
 */
export async function writeFixes({ inputs }: GateRun, changes: readonly PlacedChange[], folder: string): Promise<void> {
	const texts = [...Map.groupBy(changes, ({ origin }) => origin)].map(([origin, own]) => {
		const { file = null, text = null } = inputs.find((input) => input.origin === origin) ?? {};
		if (file === null || text === null) {
			throw new FlowferryError({
				code: 'FIX_WITHOUT_FILE',
				message: `${origin} is no file that could be written`,
				hint: 'Name the flow file: flowferry lint flows.json --fix --write.',
			});
		}
		const byNode = Map.groupBy(own, ({ nodeId }) => nodeId);
		const properties = [...byNode].map(
			([id, each]) => [id, Object.fromEntries(each.map(({ property, after }) => [property, after]))] as const,
		);
		return { path: resolve(folder, file), text: rewriteFlows(text, new Map(properties)) };
	});
	for (const { path, text } of texts) await replaceFlowFile(path, text);
}
