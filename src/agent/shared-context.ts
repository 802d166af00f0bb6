/** A lease, as this process was last told of it. */
export interface KnownLease {
	/** The fencing token: each grant to somebody else has a higher one. */
	token: number;
	/** A moment of the host's monotonic clock, in milliseconds. */
	untilMs: number;
}

/** A context store that all instances of an environment have in common. */
export interface SharedStore {
	/**
	 * The flows go to work: from now on what they set is everybody's, and so is once what they have set apart.
	 * @returns what they have set apart and did not come in, because the active side has written it since: `global.count`
	 * @throws where that cannot be written; then the store goes on apart
	 */
	join(): string[];
	/** The flows have stopped: from now on what is set stays in this process, and what was set apart before is forgotten. */
	part(): void;
	/** The flows are about to start: the same, but what another instance's flows have brought stays. */
	beginAnew(): void;
	/**
	 * Takes what another instance has had in its memory, as if these flows had set it apart.
	 * @returns false where they have set the key themselves
	 */
	bring(scope: string, key: string, value: unknown): boolean;
}

/** A write that did not happen, since this instance may not be the active one any more. */
export class WriteRefused extends Error {
	/** Somebody else has taken over: no news can change that. */
	readonly isFenced: boolean;

	constructor(message: string, isFenced: boolean) {
		super(message);
		this.isFenced = isFenced;
	}
}

/** What the agent and the shared store of its process tell each other. Without a store, no database is loaded. */
export class SharedContext {
	/** Null: this instance holds none. */
	lease: KnownLease | null = null;
	store: SharedStore | null = null;
	/** A write was refused. */
	onRefused: (refusal: WriteRefused) => void = () => {};
	/** The store cannot be opened: without it the flows must not start. */
	onUnusable: (error: Error) => void = () => {};
}

/** Node-RED makes its stores before it loads its plugins, so both find each other here. */
export const sharedContext = new SharedContext();
