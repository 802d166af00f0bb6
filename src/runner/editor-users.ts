import { randomBytes, scryptSync } from 'node:crypto';
import type { EditorUser } from '../agent/protocol.ts';

/** scrypt's: 32 MB and a tenth of a second for each try. */
const COST = 2 ** 15;
const BYTES = 32;

/** What a Node-RED gets to know of those who may sign in to its editor; passwords stay here. */
export function hashUsers(passwords: Record<string, string>): EditorUser[] {
	return Object.entries(passwords).map(([name, password]) => {
		const salt = randomBytes(16);
		const hash = scryptSync(password, salt, BYTES, { cost: COST, maxmem: 256 * COST * 8 });
		return { name, salt: salt.toString('base64'), hash: hash.toString('base64'), cost: COST };
	});
}
