/** A seat as its store knows it at one moment. */
export interface Seat {
	/** Whom it was last granted to; null: it was released, or never granted. */
	holder: string | null;
	/** Of the last grant; a release keeps it, since tokens never come twice. */
	token: number;
	/** Until the lease ends, in milliseconds; 0: it has. */
	remainingMs: number;
}

/** What a store does with a request, in one step: it writes a grant down, and answers. */
export type Decision = { granted: true; holder: string; token: number } | { granted: false; heldBy?: string; remainingMs?: number };

/** Never granted. */
export const free: Seat = { holder: null, token: 0, remainingMs: 0 };

/** The rules of every lease store: pure, so that the same ones are explored exhaustively (`test/unit/lease/model.test.ts`). */
export function decideAcquire(seat: Seat, holder: string): Decision {
	if (!isHeld(seat)) return { granted: true, holder, token: seat.token + 1 };
	return seat.holder === holder ? { granted: true, holder, token: seat.token } : refuse(seat);
}

export function decideRenew(seat: Seat, grant: { holder: string; token: number }): Decision {
	return isCurrent(seat, grant) ? { granted: true, ...grant } : refuse(seat);
}

export function decideHandOver(seat: Seat, grant: { holder: string; token: number }, to: string): Decision {
	return isCurrent(seat, grant) ? { granted: true, holder: to, token: seat.token + 1 } : refuse(seat);
}

function isHeld({ holder, remainingMs }: Seat): boolean {
	return holder !== null && remainingMs > 0;
}

function isCurrent(seat: Seat, { holder, token }: { holder: string; token: number }): boolean {
	return isHeld(seat) && seat.holder === holder && seat.token === token;
}

function refuse({ holder, remainingMs }: Seat): Decision {
	return holder !== null && remainingMs > 0 ? { granted: false, heldBy: holder, remainingMs } : { granted: false };
}
