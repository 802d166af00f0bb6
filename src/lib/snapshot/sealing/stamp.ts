import { createHmac, timingSafeEqual } from 'node:crypto';
import { stretch } from './stretch.ts';

/** Another key than the marks', for texts of another kind; the same for everybody, for the reason that `marks.ts` gives. */
const SALT = 'flowferry/stamp/1';

/** The key of stamps; 32 bytes. */
export async function deriveStampKey(passphrase: string, workFactor: number): Promise<Buffer> {
	return await stretch(passphrase, Buffer.from(SALT), workFactor);
}

/** What only somebody with the passphrase can write under a text: an HMAC-SHA256 over it, as 64 hex digits. */
export function stampText(text: string, key: Buffer): string {
	return createHmac('sha256', key).update(text).digest('hex');
}

export function isStamp(stamp: string, text: string, key: Buffer): boolean {
	const [given, right] = [Buffer.from(stamp), Buffer.from(stampText(text, key))];
	return given.length === right.length && timingSafeEqual(given, right);
}
