import { canonicalFlows } from '../flows/canonical.ts';
import type { FlowNode } from '../flows/node.ts';
import type { Capture, CaptureFacts } from '../snapshot/capture.ts';
import { contentId } from '../snapshot/identity.ts';
import type { CredentialMarks, Snapshot, SnapshotContent } from '../snapshot/snapshot.ts';
import type { ChangedCredentials } from '../targets/instance.ts';
import type { Running } from './running.ts';

/**
 * What runs, as a snapshot; nothing is stored. Flows are the instance's. Palette, Node-RED's version and credentials are its release's:
 * the first two nobody can change in place, the last an instance never gives away. Pure. It has the release's id where nothing was changed.
 */
export function captureBack(
	running: Running,
	promoted: Snapshot,
	{ message, author, now }: Pick<CaptureFacts, 'message' | 'author' | 'now'>,
): Capture {
	const flows = canonicalFlows(running.loaded.flows as FlowNode[]);
	const { palette, nodeRed, credentials } = promoted.content;
	const marks = credentials && keepMarks(credentials, flows);
	const content: SnapshotContent = { flows, palette, nodeRed, ...(marks && { credentials: marks }) };
	const { environment, release, instance } = running;
	const snapshot: Snapshot = {
		id: contentId(content),
		content,
		source: { kind: 'environment', environment, release: release.number, instance },
		author,
		time: now().toISOString(),
		message,
		...(promoted.runtime && { runtime: promoted.runtime }),
		...(marks && promoted.sealed !== undefined && { sealed: promoted.sealed }),
	};
	return { snapshot, warnings: [...credentialWarnings(running), ...unlikeWarnings(running)] };
}

/** Of the nodes that are still there; undefined where none of them has credentials. */
function keepMarks(marks: CredentialMarks, flows: FlowNode[]): CredentialMarks | undefined {
	const ids = new Set(flows.map(({ id }) => id));
	const kept = Object.entries(marks).filter(([id]) => ids.has(id));
	return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** Names, never values. */
export function credentialWarnings({ environment, instance, loaded }: Running): string[] {
	return loaded.credentials.map(
		(changed) =>
			`${nameChange(changed)} changed in place on ${instance}, and no snapshot takes them from there: give them under environments.${environment}.credentials`,
	);
}

function unlikeWarnings({ instance, unlike }: Running): string[] {
	return unlike.map((other) => `${other} runs other flows than ${instance}; these are those of ${instance}`);
}

/** `credentials of mqtt-broker 'plant' (b1: password)`. */
function nameChange({ node: { id, type, name }, names }: ChangedCredentials): string {
	return `credentials of ${type}${name === '' ? '' : ` '${name}'`} (${id}: ${names.join(', ')}) were`;
}
