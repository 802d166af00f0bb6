import { createHash } from 'node:crypto';
import { canonicalJson } from '../flows/canonical.ts';
import type { SnapshotContent } from './snapshot.ts';

/** A snapshot's id: the sha256 of its content's canonical JSON, as 64 hex digits. */
export function contentId(content: SnapshotContent): string {
	const { flows, palette, nodeRed } = content;
	return createHash('sha256').update(canonicalJson({ flows, palette, nodeRed })).digest('hex');
}
