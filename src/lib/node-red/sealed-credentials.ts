import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { isRecord } from '../flows/is-record.ts';

/**
 * By node id, then by the credential's name: `{ "b1": { "user": "plant", "password": "…" } }`. Values are texts; the variables of
 * the global environment are one level deeper, under `map`.
 */
export type Credentials = Record<string, Record<string, unknown>>;

const ALGORITHM = 'aes-256-ctr';
const VECTOR_DIGITS = 32;

/**
 * The text of a credentials file that Node-RED opens with this secret: AES-256-CTR, the key being the secret's sha256,
 * the initialisation vector in hex before the base64 of the ciphertext
 * (`@node-red/runtime/lib/nodes/credentials.js`, the same in Node-RED 4 and 5).
 */
export function sealCredentials(credentials: Credentials, secret: string): string {
	const vector = randomBytes(VECTOR_DIGITS / 2);
	const cipher = createCipheriv(ALGORITHM, keyOf(secret), vector);
	const text = cipher.update(JSON.stringify(credentials), 'utf8', 'base64') + cipher.final('base64');
	return JSON.stringify({ $: vector.toString('hex') + text });
}

/**
 * Opens what Node-RED wrote after `$`. Nothing in that format tells a wrong secret but that no credentials come out.
 * @returns null where the secret is not the one that it was sealed with, or the text was damaged
 */
export function openCredentials(sealed: string, secret: string): Credentials | null {
	try {
		const vector = Buffer.from(sealed.slice(0, VECTOR_DIGITS), 'hex');
		const decipher = createDecipheriv(ALGORITHM, keyOf(secret), vector);
		const text = decipher.update(sealed.slice(VECTOR_DIGITS), 'base64', 'utf8') + decipher.final('utf8');
		const value: unknown = JSON.parse(text);
		return isCredentials(value) ? value : null;
	} catch {
		return null;
	}
}

export function isCredentials(value: unknown): value is Credentials {
	return isRecord(value) && Object.values(value).every(isRecord);
}

function keyOf(secret: string): Buffer {
	return createHash('sha256').update(secret).digest();
}
