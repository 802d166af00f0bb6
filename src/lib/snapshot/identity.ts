import { createHash } from 'node:crypto';
import { canonicalJson } from '../flows/canonical.ts';
import type { SnapshotContent } from './snapshot.ts';

/** A snapshot's id: the sha256 of its content's canonical JSON, as 64 hex digits. */
export function contentId(content: SnapshotContent): string {
	const { flows, palette, nodeRed, credentials } = content;
	// A snapshot without credentials has the id that it had before there were any.
	return createHash('sha256')
		.update(canonicalJson({ flows, palette, nodeRed, ...(credentials && { credentials }) }))
		.digest('hex');
}
