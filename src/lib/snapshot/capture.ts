import { FlowferryError } from '../errors/flowferry-error.ts';
import { canonicalFlows } from '../flows/canonical.ts';
import type { FlowNode } from '../flows/node.ts';
import type { DevFlows, DevSource, DevState } from '../node-red/dev-source.ts';
import type { Credentials } from '../node-red/sealed-credentials.ts';
import type { StrippedFlows } from './credentials.ts';
import { credentialsOf, mergeCredentials, stripCredentials, writtenCredentials } from './credentials.ts';
import { contentId } from './identity.ts';
import type { CredentialVault } from './sealing/vault.ts';
import type { CredentialMarks, DevPlace, PaletteModule, Snapshot, SnapshotContent } from './snapshot.ts';

/** A snapshot that is not stored yet. */
export interface Capture {
	snapshot: Snapshot;
	/** What the snapshot could not hold, as sentences. */
	warnings: string[];
}

export interface CapturedFlows {
	/** Canonical, without credentials. */
	flows: FlowNode[];
	source: DevPlace;
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
	/** What seals credentials. */
	vault: CredentialVault;
	/** `dev.credentials`: by node id, over what the source itself has. */
	given: Record<string, Record<string, string>>;
}

/**
 * Takes a snapshot of the dev Node-RED; nothing is stored.
 * @throws FlowferryError SNAPSHOT_EMPTY, PASSPHRASE_MISSING, and what the source, `parseFlows` and `readPassphrase` throw
 */
export async function captureSnapshot(dev: DevSource, facts: CaptureFacts): Promise<Capture> {
	const state = await dev.state();
	assertFlows(state);
	const stripped = stripCredentials(state.nodes);
	const held = await holdCredentials(state, stripped, facts);
	const content: SnapshotContent = {
		flows: canonicalFlows(stripped.nodes),
		palette: state.palette,
		nodeRed: { version: state.nodeRedVersion },
		...(held.marks && { credentials: held.marks }),
	};
	const { message, author, now } = facts;
	const { source, runtime } = state;
	const snapshot = { id: contentId(content), content, source, author, time: now().toISOString(), message, runtime };
	return {
		snapshot: held.sealed === undefined ? snapshot : { ...snapshot, sealed: held.sealed },
		warnings: [...state.warnings, ...held.warnings],
	};
}

/** What the lint needs: the flows, and the palette where that can be had. @throws as `captureSnapshot` */
export async function captureFlows(dev: DevSource): Promise<CapturedFlows> {
	const read = await dev.flows();
	assertFlows(read);
	const { nodes, inline, variables } = stripCredentials(read.nodes);
	const stripped = [...new Set([...Object.keys(variables), ...Object.keys(inline)])];
	const warnings =
		stripped.length === 0 ? read.warnings : [...read.warnings, `Credentials written into the flows were left out (${nameNodes(stripped)})`];
	return { flows: canonicalFlows(nodes), source: read.source, palette: read.palette, warnings };
}

interface HeldPart {
	marks?: CredentialMarks;
	sealed?: string;
	warnings: string[];
}

/** What Node-RED would let win: credentials in the flows over those of its file, and these over a variable's written value. */
async function holdCredentials(
	state: DevState,
	{ nodes, inline, variables }: StrippedFlows,
	{ vault, given }: CaptureFacts,
): Promise<HeldPart> {
	const written = writtenCredentials(nodes, given);
	const over = (stored: Credentials) => credentialsOf(nodes, mergeCredentials(variables, stored, inline, written));
	if (!(await vault.canSeal())) return withoutPassphrase(state, over, given);
	const credentials = over(await state.storedCredentials());
	const warnings = strangersAmong(nodes, given);
	if (Object.keys(credentials).length === 0) return { warnings };
	const { warnings: more, ...held } = await vault.seal(credentials);
	return { ...held, warnings: [...warnings, ...more] };
}

/** A first promotion needs no passphrase; what that leaves out is said. */
async function withoutPassphrase(
	state: DevState,
	over: (stored: Credentials) => Credentials,
	given: CaptureFacts['given'],
): Promise<HeldPart> {
	const left: string[] = [];
	let unread: string[] = [];
	try {
		left.push(...Object.keys(over(await state.storedCredentials())));
	} catch (error) {
		if (!(error instanceof FlowferryError)) throw error;
		left.push(...Object.keys(over({})));
		unread = [`${error.message}. Whose credentials it holds is not known`];
	}
	const remedy = 'set FLOWFERRY_PASSPHRASE or sealing.passphraseFile to have them sealed, or give them to the environment';
	const warnings = left.length === 0 ? unread : [...unread, `Credentials were left out of the snapshot (${nameNodes(left)}): ${remedy}`];
	return { warnings: [...strangersAmong(state.nodes, given), ...warnings] };
}

function strangersAmong(nodes: readonly FlowNode[], given: CaptureFacts['given']): string[] {
	const ids = new Set(nodes.map(({ id }) => id));
	return Object.keys(given)
		.filter((id) => !ids.has(id))
		.map((id) => `dev.credentials names node ${id}, which the flows do not have`);
}

function nameNodes(ids: readonly string[]): string {
	const some = ids.slice(0, 5).join(', ');
	return `${ids.length} node${ids.length === 1 ? '' : 's'}: ${ids.length > 5 ? `${some}, …` : some}`;
}

/** Where nothing but these stands, nothing would run. */
const INERT = new Set(['tab', 'group', 'comment', 'subflow']);

function assertFlows({ nodes, source }: DevFlows): void {
	if (!nodes.every((node) => INERT.has(node.type))) return;
	throw new FlowferryError({
		code: 'SNAPSHOT_EMPTY',
		message: `The dev Node-RED at ${placeOf(source)} has no flows: ${nodes.length === 0 ? 'not a single node' : 'no node that would run'}`,
		hint: 'Deploy the flows in the dev editor first; if you did, check that `dev` names the right Node-RED.',
	});
}

function placeOf(source: DevPlace): string {
	if (source.kind === 'admin-api') return source.url;
	return source.kind === 'git' ? `${source.path} (${source.ref}:${source.flowFile})` : `${source.path} (${source.flowFile})`;
}
