/** What was set while this instance was not the active one. */
export interface SetApart {
	scope: string;
	key: string;
	/** Serialized; null: deleted. */
	value: Uint8Array | null;
	/** The shared entry's stamp when the key was first set apart: since then it is not seen any more. Null where there was no entry. */
	base: number | null;
	/** It comes from another instance's memory, and not from this one's flows. */
	isBrought: boolean;
}

/** Lies over the shared context: flows that are not active see what they set themselves, and nobody else does. */
export class ContextOverlay {
	readonly #scopes = new Map<string, Map<string, SetApart>>();

	find(scope: string, key: string): SetApart | undefined {
		return this.#scopes.get(scope)?.get(key);
	}

	set(entry: SetApart): void {
		const keys = this.#scopes.get(entry.scope) ?? new Map<string, SetApart>();
		this.#scopes.set(entry.scope, keys.set(entry.key, entry));
	}

	/** The keys that a scope has, with this over it. */
	keys(scope: string, shared: string[]): string[] {
		const keys = new Set(shared);
		for (const { key, value } of this.#scopes.get(scope)?.values() ?? []) {
			if (value === null) keys.delete(key);
			else keys.add(key);
		}
		return [...keys];
	}

	*entries(): Generator<SetApart> {
		for (const keys of this.#scopes.values()) yield* keys.values();
	}

	clear(): void {
		this.#scopes.clear();
	}

	/** Keeps what was brought. */
	clearOwn(): void {
		for (const keys of this.#scopes.values()) for (const { key, isBrought } of keys.values()) if (!isBrought) keys.delete(key);
	}
}
