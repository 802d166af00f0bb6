/** A store that a contract's test has opened. */
export interface Opened<T> {
	store: T;
	close(): void | Promise<void>;
}

/** @param now what the store takes for the time */
export type OpenStore<T> = (now: () => Date) => Promise<Opened<T>>;
