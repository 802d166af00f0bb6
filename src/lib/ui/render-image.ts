import { shortId } from '../snapshot/snapshot.ts';
import { printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** The image of a snapshot, for people. */
export function renderImage({ id, tag }: { id: string; tag: string }, snapshot: string, theme: Theme): string {
	return `${theme.strong(printable(tag))} runs snapshot ${shortId(snapshot)}\n  id  ${id}`;
}
