import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an Authorization header carries the token. Digests are compared: same length, and no timing to learn from. */
export function carriesToken(authorization: string | undefined, token: string): boolean {
	const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
	return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
