import { setTimeout as sleep } from 'node:timers/promises';
import type { RunUserCommand } from '../lib/adapters/user-command.ts';
import type { RunnerConfig } from '../lib/targets/instance.ts';
import type { Log } from './log.ts';

/** What an instance is to whoever watches it: `failed` is one whose Node-RED does not come up any more. */
export type Role = 'active' | 'standby' | 'failed';

/** Starting a process takes milliseconds that a takeover has no use for: what that needs of this runner is done by then. */
const LATER_MS = 100;

/**
 * The user's command for changes of role. Nobody waits for it; commands run one after the other, so that whoever is told
 * learns of the changes in their order.
 */
export class RoleHook {
	readonly #config: Pick<RunnerConfig, 'environment' | 'instance'>;
	readonly #hook: { command: string; timeoutMs: number; run: RunUserCommand } | null;
	readonly #log: Pick<Log, 'write'>;
	#role: Role = 'standby';
	#token: number | null = null;
	#last: Promise<void> = Promise.resolve();

	/** @param hook its `run` takes the configuration's secrets from what is printed; null: none is configured */
	constructor(
		config: Pick<RunnerConfig, 'environment' | 'instance'>,
		hook: { command: string; timeoutMs: number; run: RunUserCommand } | null,
		log: Pick<Log, 'write'>,
	) {
		this.#config = config;
		this.#hook = hook;
		this.#log = log;
	}

	/**
	 * May be told of the same role again; that is no change.
	 * @param token of the lease that it holds; null: the command is told the one that it had last
	 */
	roleChanged(role: Role, cause: string, token: number | null): void {
		this.#token = token ?? this.#token;
		if (role === this.#role) return;
		this.#role = role;
		if (this.#hook === null) return;
		const variables = {
			FLOWFERRY_ENVIRONMENT: this.#config.environment,
			FLOWFERRY_INSTANCE: this.#config.instance,
			FLOWFERRY_ROLE: role,
			FLOWFERRY_CAUSE: cause,
			FLOWFERRY_TOKEN: this.#token === null ? '' : String(this.#token),
		};
		const { command, timeoutMs, run } = this.#hook;
		this.#last = Promise.all([this.#last, sleep(LATER_MS)]).then(async () => {
			const onLine = (line: string) => this.#log.write('hook roleChanged', { role, line });
			const { passed, how } = await run({ command, variables, timeoutMs, onLine });
			if (!passed) this.#log.write('the hook roleChanged failed', { role, how });
		});
	}

	/** Resolves when all commands have ended, or after so long. */
	async settled(maxMs: number): Promise<void> {
		await Promise.race([this.#last, sleep(maxMs, undefined, { ref: false })]);
	}
}
