import { canonicalDigest } from '../flows/canonical.ts';
import type { Snapshot, SnapshotContent } from './snapshot.ts';

/** A snapshot's id: the sha256 of its content's canonical JSON, as 64 hex digits. */
export function contentId(content: SnapshotContent): string {
	const { flows, palette, nodeRed, credentials } = content;
	// A snapshot without credentials has the id that it had before there were any.
	return canonicalDigest({ flows, palette, nodeRed, ...(credentials && { credentials }) });
}

/**
 * What the id does not vouch for: author, time, message, source, runtime and sealed credentials, bound to the id.
 * @returns the sha256 of their canonical JSON, as 64 hex digits
 */
export function factsChecksum({ id, source, author, time, message, runtime, sealed }: Omit<Snapshot, 'content'>): string {
	return canonicalDigest({ id, source, author, time, message, ...(runtime && { runtime }), ...(sealed !== undefined && { sealed }) });
}
