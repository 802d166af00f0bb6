import { createHmac } from 'node:crypto';
import { canonicalJson } from '../../flows/canonical.ts';
import type { Credentials } from '../../node-red/sealed-credentials.ts';
import { credentialNames } from '../credentials.ts';
import type { CredentialMarks } from '../snapshot.ts';
import { stretch } from './stretch.ts';

/**
 * The same for everybody: a mark is part of a snapshot's id, so the same credentials under the same passphrase must give the same
 * mark on every machine, and there is no place for a salt of one's own. What that costs: who wants to guess passphrases may compute
 * keys once for all users of flowferry. The work factor makes each guess as dear as one at the age file, and a passphrase with
 * enough randomness in it is out of reach either way.
 */
const SALT = 'flowferry/credential-marks/1';

/** The key that marks are computed with; 32 bytes. */
export async function deriveMarkKey(passphrase: string, workFactor: number): Promise<Buffer> {
	return await stretch(passphrase, Buffer.from(SALT), workFactor);
}

/** What of credentials may be told: for each node the names, and an HMAC-SHA256 over the canonical JSON of its id and credentials. */
export function markCredentials(credentials: Credentials, key: Buffer): CredentialMarks {
	return Object.fromEntries(
		Object.entries(credentials).map(([id, fields]) => [
			id,
			{
				names: credentialNames(fields),
				mark: createHmac('sha256', key)
					.update(canonicalJson([id, fields]))
					.digest('hex'),
			},
		]),
	);
}
