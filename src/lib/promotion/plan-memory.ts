/** What an environment remembers for the sake of plans, kept with the target. */
export interface PlanMemory {
	/** Under which digests of the configuration are made; made at random when it is first asked for, and never told. */
	key(): Promise<Uint8Array>;
	/** The digests of the configuration that a release was promoted with. */
	remember(release: number, configuration: Record<string, string>): Promise<void>;
	/** Null where none are known. */
	recall(release: number): Promise<Record<string, string> | null>;
}
