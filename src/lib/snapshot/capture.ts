import { FlowferryError } from '../errors/flowferry-error.ts';
import { canonicalFlows } from '../flows/canonical.ts';
import type { FlowNode } from '../flows/node.ts';
import type { DevFlows, DevSource } from '../node-red/dev-source.ts';
import { stripCredentials } from './credentials.ts';
import { contentId } from './identity.ts';
import type { PaletteModule, Snapshot, SnapshotContent, SnapshotSource } from './snapshot.ts';

/** A snapshot that is not stored yet. */
export interface Capture {
	snapshot: Snapshot;
	/** What the snapshot could not hold, as sentences. */
	warnings: string[];
}

export interface CapturedFlows {
	/** Canonical, without credentials. */
	flows: FlowNode[];
	source: SnapshotSource;
	palette: PaletteModule[] | null;
	warnings: string[];
}

/** Who takes a snapshot, when, and why. */
export interface CaptureFacts {
	/** May be empty. */
	message: string;
	/** `Name <mail>`. */
	author: string;
	now: () => Date;
}

/**
 * Takes a snapshot of the dev Node-RED; nothing is stored.
 * @throws FlowferryError SNAPSHOT_EMPTY, and what the source and `parseFlows` throw
 */
export async function captureSnapshot(dev: DevSource, facts: CaptureFacts): Promise<Capture> {
	const state = await dev.state();
	const { flows, source, warnings } = takeFlows(state);
	const content: SnapshotContent = { flows, palette: state.palette, nodeRed: { version: state.nodeRedVersion } };
	const { message, author, now } = facts;
	return { snapshot: { id: contentId(content), content, source, author, time: now().toISOString(), message }, warnings };
}

/** What the lint needs: the flows, and the palette where that can be had. @throws as `captureSnapshot` */
export async function captureFlows(dev: DevSource): Promise<CapturedFlows> {
	return takeFlows(await dev.flows());
}

/** Where nothing but these stands, nothing would run. */
const INERT = new Set(['tab', 'group', 'comment', 'subflow']);

function takeFlows(read: DevFlows): CapturedFlows {
	const { source, palette } = read;
	if (read.nodes.every((node) => INERT.has(node.type))) {
		const place = source.kind === 'admin-api' ? source.url : `${source.path} (${source.flowFile})`;
		throw new FlowferryError({
			code: 'SNAPSHOT_EMPTY',
			message: `The dev Node-RED at ${place} has no flows: ${read.nodes.length === 0 ? 'not a single node' : 'no node that would run'}`,
			hint: 'Deploy the flows in the dev editor first; if you did, check that `dev` names the right Node-RED.',
		});
	}
	const { nodes, stripped } = stripCredentials(read.nodes);
	const warnings = [...read.warnings];
	if (stripped.length > 0) {
		const some = stripped.slice(0, 5).join(', ');
		const ids = stripped.length > 5 ? `${some}, …` : some;
		warnings.push(`Credentials written into the flows were left out of the snapshot (${stripped.length} nodes: ${ids})`);
	}
	return { flows: canonicalFlows(nodes), source, palette, warnings };
}
