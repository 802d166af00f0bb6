import type { NamedEnvironment } from '../../src/lib/config/environment-of.ts';
import type { CredentialVault } from '../../src/lib/snapshot/sealing/vault.ts';
import type { Fault } from '../../src/lib/targets/fault.ts';
import type { Target } from '../../src/lib/targets/target.ts';

/** What one opening has otherwise than the bed's environment, and the passphrase of the releases. */
export interface Opening {
	environment?: Partial<NamedEnvironment>;
	vault?: Pick<CredentialVault, 'open'>;
}

/** What the contract's tests need of a place where instances run: an environment of its own, and hands that reach past the target. */
export interface TargetBed {
	/** From `bedKeys`, with a port that is free. */
	readonly environment: NamedEnvironment;
	/** Opens the environment as one more CLI does. The test closes what it opens. */
	open(opening?: Opening): Promise<Target>;
	/** Asks the router as its users do; `path` begins with `/`. */
	fetch(path: string): Promise<Response>;
	/** SIGKILL for an instance's runner, and for nothing else of it. The place may start another one by itself. */
	killRunner(instance: string): Promise<void>;
	/** SIGSTOP for an instance's runner, and for nothing else of it. */
	freezeRunner(instance: string): Promise<void>;
	/** Ends an instance with the place's own tools, as an operator might who has never heard of flowferry. Resolves when it is gone. */
	stopByHand(instance: string): Promise<void>;
	/** The same, and takes away what the place would start it from; absent where the place has no such thing. */
	removeByHand?(instance: string): Promise<void>;
	/** SIGKILL for the router. The place may start another one by itself. */
	killRouter(): Promise<void>;
	/** Every process of the environment's instances and router, or of one instance, by a name that no later process gets. */
	running(instance?: string): Promise<string[]>;
	/** What runs, and what instances and slots have beside that: files, containers, images; nothing that is meant to outlive a slot. */
	leftovers(): Promise<string[]>;
	/** Where any of these texts is found in what the environment keeps; absent where the place cannot tell. */
	secretsAtRest?(secrets: readonly string[]): Promise<string[]>;
	/** Faults that this place may be unable to bring about, which shows when they are tried; none where it is absent. */
	readonly mayLack?: readonly Fault[];
	/** Whom a loss of the store cuts off; everybody where it is absent. */
	readonly storeLossHits?: 'instances';
	/** Ends and removes all, whatever state it is in; fails where something of it outlives that. */
	dispose(): Promise<void>;
}

/** No output and no file may have them. */
export const secrets = {
	/** Of the environment. */
	variable: 'kX7-variable-of-the-plant-Qw',
	user: 'operator-of-the-plant-Zt5',
	/** Of the release, sealed. */
	password: 'uL3-password-of-the-release-Bv',
};

/** Opens what releases hold. */
export const PASSPHRASE = 'a passphrase of the contract';

/** The environment's keys in the configuration, beside those that say where it is. */
export const bedKeys = {
	mode: 'hot-spare',
	instances: 1,
	variables: { PLANT_KEY: secrets.variable },
	credentials: { call: { user: secrets.user } },
	// On a busy machine a process may get no time for seconds.
	timeouts: { hungMs: 5000 },
} as const;
