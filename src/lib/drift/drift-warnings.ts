import { canonicalFlows, canonicalJson } from '../flows/canonical.ts';
import type { FlowNode } from '../flows/node.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { credentialWarnings } from './capture-back.ts';
import type { Running } from './running.ts';

/** What a promotion would end of what somebody changed in place. Pure. @param next what is to be promoted */
export function driftWarnings(running: Running, promoted: Snapshot, next: Snapshot): string[] {
	const { environment, release, instance } = running;
	const end = next.id === promoted.id ? `\`flowferry promote ${environment} --again\` ends that` : 'that ends with this promotion';
	const runs = textOf(running.loaded.flows as FlowNode[]);
	const isKept = [promoted, next].some(({ content }) => textOf(content.flows) === runs);
	const lost = `the flows of release ${release.number} were changed in place on ${instance}; ${end}: see it with \`flowferry diff ${environment}\`, keep it with \`flowferry snapshot --from ${environment}\``;
	return [...(isKept ? [] : [lost]), ...credentialWarnings(running)];
}

function textOf(flows: readonly FlowNode[]): string {
	return canonicalJson(canonicalFlows(flows));
}
