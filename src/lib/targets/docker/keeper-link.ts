import { setTimeout as sleep } from 'node:timers/promises';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { effectOf, type KeeperApi } from '../../keeper/api.ts';
import { type KeeperSession, openSession, SessionLost } from '../../keeper/session.ts';
import type { WebSocketPolicy } from '../../routers/router.ts';
import type { Containers } from './containers.ts';

/** A daemon that is restarted is back within seconds, and its containers with it. */
const AGAIN_FOR_MS = 30_000;
const AGAIN_EVERY_MS = 250;

export interface KeeperLinkOptions {
	containers: Containers;
	/** Of the keeper's container. */
	name: string;
	webSockets: WebSocketPolicy;
	/** Makes the keeper, and what it needs, where there is none of this version. @returns whether one was made */
	ensure: () => Promise<boolean>;
	/** Answers what only reads, where there is no keeper. */
	empty: KeeperApi;
}

/**
 * The way to an environment's keeper: a session that is begun with the first call, and begun anew where it is lost. Until something is
 * to be changed no keeper is made: an environment that has none is empty.
 */
export class KeeperLink {
	readonly #options: KeeperLinkOptions;
	#session: Promise<KeeperSession | null> | null = null;
	#ensured = false;

	constructor(options: KeeperLinkOptions) {
		this.#options = options;
	}

	/** @throws FlowferryError KEEPER_LOST; and what the call throws */
	async call(part: string, call: string, args: unknown[]): Promise<unknown> {
		const effect = effectOf(part, call);
		const until = performance.now() + AGAIN_FOR_MS;
		for (;;) {
			try {
				if (effect !== 'reads') await this.#ensure();
				const session = await this.#current();
				if (session) return await session.call(part, call, args);
				return await (this.#options.empty as unknown as Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>>)[part]?.[
					call
				]?.(...args);
			} catch (error) {
				if (!(error instanceof SessionLost)) throw error;
				this.#session = null;
				if (effect === 'once' || performance.now() > until) throw lost(this.#options, error);
				await sleep(AGAIN_EVERY_MS);
			}
		}
	}

	close(): void {
		const session = this.#session;
		this.#session = null;
		void session?.then((open) => open?.close()).catch(() => {});
	}

	async #ensure(): Promise<void> {
		if (this.#ensured) return;
		// What was opened before leads to no keeper, or to one that was replaced.
		if (await this.#options.ensure()) this.close();
		this.#ensured = true;
	}

	#current(): Promise<KeeperSession | null> {
		this.#session ??= this.#open();
		return this.#session;
	}

	async #open(): Promise<KeeperSession | null> {
		const { containers, name, webSockets } = this.#options;
		const found = await containers.inspect(name);
		if (!found) return null;
		// Somebody stopped it, or the engine is about to start it.
		if (!found.State.Running) await containers.start(name);
		const program = await containers.begin(name, ['node', '/flowferry/dist/keeper/main.js', 'session', webSockets]);
		return openSession(program.input, program.output, () => program.input.destroy());
	}
}

function lost({ name, containers }: KeeperLinkOptions, cause: Error): FlowferryError {
	return new FlowferryError({
		code: 'KEEPER_LOST',
		message: `the connection to ${name} on ${containers.engine.name} was lost, and did not come back`,
		hint: `Look into \`docker logs ${name}\`, and run the command again: what was begun is ended then.`,
		exitStatus: ExitStatus.internal,
		cause,
	});
}
