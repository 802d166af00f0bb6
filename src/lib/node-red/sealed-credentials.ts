import { createCipheriv, createHash, randomBytes } from 'node:crypto';

/** By node id, then by the credential's name: `{ "b1": { "user": "plant", "password": "…" } }`. */
export type Credentials = Record<string, Record<string, string>>;

/**
 * The text of a credentials file that Node-RED opens with this secret: AES-256-CTR, the key being the secret's sha256,
 * the initialisation vector in hex before the base64 of the ciphertext
 * (`@node-red/runtime/lib/nodes/credentials.js`, the same in Node-RED 4 and 5).
 */
export function sealCredentials(credentials: Credentials, secret: string): string {
	const vector = randomBytes(16);
	const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(secret).digest(), vector);
	const text = cipher.update(JSON.stringify(credentials), 'utf8', 'base64') + cipher.final('base64');
	return JSON.stringify({ $: vector.toString('hex') + text });
}
