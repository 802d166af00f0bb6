import type { CredentialMarks, Snapshot } from '../snapshot.ts';
import { shortId } from '../snapshot.ts';

/** A snapshot's credentials as they are kept: sealed, with the marks that they must give once they are open. */
export interface HeldCredentials {
	/** Whose they are, for errors: a snapshot's short id. */
	snapshot: string;
	marks: CredentialMarks;
	/** An age file in armor. */
	sealed: string;
}

/** Null where the snapshot holds none. */
export function heldBy({ id, content, sealed }: Snapshot): HeldCredentials | null {
	return content.credentials && sealed !== undefined ? { snapshot: shortId(id), marks: content.credentials, sealed } : null;
}
