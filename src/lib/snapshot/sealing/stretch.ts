import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Uint8Array, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/**
 * A key of 32 bytes from a passphrase, dear on purpose: scrypt with blocks of 8, on another thread. A command that holds an environment's
 * lock must go on renewing it meanwhile.
 * @param workFactor as a power of two
 */
export async function stretch(passphrase: string, salt: Uint8Array, workFactor: number): Promise<Buffer> {
	const N = 2 ** workFactor;
	// scrypt takes 128 · N · r bytes, and Node allows 32 MiB unless told otherwise.
	return await derive(passphrase, salt, 32, { N, r: 8, p: 1, maxmem: 2 * 128 * N * 8 });
}
