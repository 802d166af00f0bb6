import { FlowferryError } from '../errors/flowferry-error.ts';
import { isRecord } from '../flows/is-record.ts';
import { findJsonFault } from '../flows/json-fault.ts';
import { checkFlows } from '../flows/parse.ts';
import { contentId, factsChecksum } from './identity.ts';
import type { Snapshot, SnapshotContent } from './snapshot.ts';
import { shortId } from './snapshot.ts';
import { findShapeFault } from './snapshot-shape.ts';

/**
 * A whole snapshot as one JSON document: what `flowferry snapshot export` writes, and what a bundle holds. It is complete (flows,
 * palette, facts, sealed credentials) and proves itself: `content` gives `id`, and `checksum` vouches for the rest.
 */
export interface SnapshotDocument {
	format: typeof FORMAT;
	/** Raised when an older flowferry could not read what a newer one writes. */
	version: typeof VERSION;
	/** `factsChecksum`, as 64 hex digits. */
	checksum: string;
	snapshot: Snapshot;
}

const FORMAT = 'flowferry-snapshot';
const VERSION = 1;

/** The document's text, indented, with a newline at its end; the same snapshot gives the same text. */
export function serialiseSnapshot(snapshot: Snapshot): string {
	const { id, content, source, author, time, message, runtime, sealed } = snapshot;
	const { flows, palette, nodeRed, credentials } = content;
	const document: SnapshotDocument = {
		format: FORMAT,
		version: VERSION,
		checksum: factsChecksum(snapshot),
		snapshot: {
			id,
			time,
			author,
			message,
			source,
			...(runtime && { runtime }),
			content: { nodeRed, palette, ...(credentials && { credentials }), flows },
			...(sealed !== undefined && { sealed }),
		},
	};
	return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * Reads such a text, and checks all of it.
 * @param origin names it in errors: a path, `standard input`
 * @throws FlowferryError
 * - SNAPSHOT_FILE_NOT_JSON: it is something else, or was cut short
 * - SNAPSHOT_FILE_FOREIGN: JSON of another kind
 * - SNAPSHOT_FILE_VERSION: of a newer flowferry
 * - SNAPSHOT_FILE_DAMAGED: it does not hold what was written
 * - what `checkFlows` throws
 */
export function parseSnapshot(text: string, origin: string): Snapshot {
	const document = parseJson(text, origin);
	if (!isRecord(document) || document.format !== FORMAT) throw foreign(document, origin);
	if (document.version !== VERSION) {
		throw new FlowferryError({
			code: 'SNAPSHOT_FILE_VERSION',
			message: `${origin} is a snapshot file of version ${JSON.stringify(document.version)}; this flowferry reads version ${VERSION}`,
			hint: 'Update flowferry here, or export the snapshot again with this version.',
		});
	}
	const { snapshot, checksum } = document;
	if (!isRecord(snapshot) || !isRecord(snapshot.content)) throw damaged(origin, 'it holds no snapshot');
	const { content } = snapshot;
	const { palette, nodeRed, credentials } = content;
	const fault = findShapeFault({ ...snapshot, palette, nodeRed, credentials });
	if (fault !== null) throw damaged(origin, fault);
	checkFlows(content.flows, origin);
	const checked = takeKnown(snapshot as unknown as Snapshot);
	const given = contentId(checked.content);
	if (given !== checked.id) {
		throw damaged(origin, `its content does not give its id: ${shortId(checked.id)} is claimed, ${shortId(given)} is there`);
	}
	if (factsChecksum(checked) !== checksum) {
		throw damaged(origin, 'its checksum does not fit: author, time, message, source or credentials were changed');
	}
	if ((checked.content.credentials === undefined) !== (checked.sealed === undefined)) {
		throw damaged(origin, 'it has either the sealed credentials or their names, and not both');
	}
	return checked;
}

/** Nothing comes in that is neither vouched for nor known. */
function takeKnown({ id, content, source, author, time, message, runtime, sealed }: Snapshot): Snapshot {
	const { flows, palette, nodeRed, credentials } = content;
	const known: SnapshotContent = { flows, palette, nodeRed, ...(credentials && { credentials }) };
	return { id, content: known, source, author, time, message, ...(runtime && { runtime }), ...(sealed !== undefined && { sealed }) };
}

function parseJson(text: string, origin: string): unknown {
	try {
		return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
	} catch {
		const { line, column, problem } = findJsonFault(text) ?? { line: 1, column: 1, problem: 'it cannot be read' };
		const empty = text.trim() === '';
		throw new FlowferryError({
			code: 'SNAPSHOT_FILE_NOT_JSON',
			message: empty ? `${origin} is empty` : `${origin} is not a whole JSON document: line ${line}, column ${column}: ${problem}`,
			hint: text.includes(FORMAT)
				? 'It was cut short or changed on its way: copy it again, or export the snapshot again.'
				: 'Name a file that `flowferry snapshot export` wrote.',
		});
	}
}

function foreign(document: unknown, origin: string): FlowferryError {
	return new FlowferryError({
		code: 'SNAPSHOT_FILE_FOREIGN',
		message: `${origin} is JSON, but no snapshot file`,
		hint: Array.isArray(document)
			? 'It looks like a flow file. A snapshot of a folder with such a file is taken with `dev.userDir` and `flowferry snapshot`.'
			: 'Name a file that `flowferry snapshot export` wrote.',
	});
}

function damaged(origin: string, problem: string): FlowferryError {
	return new FlowferryError({
		code: 'SNAPSHOT_FILE_DAMAGED',
		message: `The snapshot file ${origin} is damaged: ${problem}`,
		hint: 'Copy it again, or export the snapshot again where it came from.',
	});
}
