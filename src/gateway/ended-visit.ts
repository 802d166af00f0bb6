/** What is known of a visit when it is over. No query, header or body: they may hold secrets. */
export interface EndedVisit {
	kind: 'request' | 'websocket';
	client: string;
	method: string;
	/** Without its query. */
	path: string;
	/** What the client got; 0: it left before anything came. */
	status: number;
	/** Whether the answer reached its end. */
	whole: boolean;
	ms: number;
	/** `blue/0`; null: it got to none. */
	instance: string | null;
}

/** A path that somebody made up may be longer than any line should be. */
const longestPath = 500;

/** The path of a request's target, without its query. */
export function pathOf(target: string | undefined): string {
	const path = (target ?? '').split(/[?#]/, 1)[0] ?? '';
	return path.length > longestPath ? `${path.slice(0, longestPath)}…` : path;
}
