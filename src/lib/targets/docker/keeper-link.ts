import { setTimeout as sleep } from 'node:timers/promises';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { type Effect, effectOf, type KeeperApi } from '../../keeper/api.ts';
import { type KeeperSession, openSession, SessionLost } from '../../keeper/session.ts';
import type { WebSocketPolicy } from '../../routers/router.ts';
import type { Containers } from './containers.ts';

/** A daemon that is restarted is back within seconds, and its containers with it. */
const AGAIN_FOR_MS = 30_000;
const AGAIN_EVERY_MS = 250;
/** Between two looks at a keeper that takes its time: shorter than any lock lasts. */
const LOOK_MS = 1000;

export interface KeeperLinkOptions {
	containers: Pick<Containers, 'inspect' | 'start' | 'unpause' | 'begin'> & { engine: Pick<Containers['engine'], 'name'> };
	/** Of the keeper's container. */
	name: string;
	webSockets: WebSocketPolicy;
	/** Whether there is an environment: one whose keeper is gone has its state still. */
	exists: () => Promise<boolean>;
	/** Makes the keeper, and what it needs, where there is none of this version. @returns whether one was made */
	ensure: () => Promise<boolean>;
	/** Answers what only reads, where there is no keeper. */
	empty: KeeperApi;
	/** For how long a lost session is begun anew, in milliseconds. */
	againForMs?: number;
}

/**
 * The way to an environment's keeper: a session that is begun with the first call, and begun anew where it is lost. Until something is
 * to be changed no keeper is made: an environment that has none is empty.
 */
export class KeeperLink {
	readonly #options: KeeperLinkOptions;
	/** Of all calls; null between two. */
	#session: Promise<KeeperSession | null> | null = null;
	/** Of all calls that change something; null until the first, and after it has failed. */
	#ensured: Promise<void> | null = null;
	/** The ids of the containers that sessions lead to. */
	readonly #leadsTo = new WeakMap<KeeperSession, string>();
	#closed = false;
	#forgotten = false;

	constructor(options: KeeperLinkOptions) {
		this.#options = options;
	}

	/** @throws FlowferryError KEEPER_LOST; and what the call throws */
	async call(part: string, call: string, args: unknown[]): Promise<unknown> {
		const effect = effectOf(part, call);
		let until: number | null = null;
		for (;;) {
			try {
				if (this.#forgotten) return await this.#emptyCall(part, call, args);
				const session = await this.#sessionFor(effect);
				return session ? await this.#attended(session, session.call(part, call, args)) : await this.#emptyCall(part, call, args);
			} catch (error) {
				if (!(error instanceof SessionLost)) throw error;
				if (this.#forgotten) continue;
				until ??= performance.now() + (this.#options.againForMs ?? AGAIN_FOR_MS);
				if (this.#closed || effect === 'once' || performance.now() > until) throw lost(this.#options, error);
				// Somebody may have removed it.
				this.#ensured = null;
				await sleep(AGAIN_EVERY_MS);
			}
		}
	}

	/** What a call is made over; null where it only reads, and there is no environment. */
	async #sessionFor(effect: Effect | undefined): Promise<KeeperSession | null> {
		for (;;) {
			if (effect !== 'reads' || (await this.#isLost())) await this.#ensure();
			const session = await this.#current();
			if (session || (this.#ensured === null && !(await this.#options.exists()))) return session;
			// Removed since it was made or looked for: what is changed in the empty environment would be lost, and what is read there untrue.
			this.#ensured = null;
		}
	}

	/** Somebody may pause or replace the keeper in the middle of it all: then nothing would ever be answered. */
	async #attended<T>(session: KeeperSession, answer: Promise<T>): Promise<T> {
		const { containers, name } = this.#options;
		const look = async () => {
			const found = await containers.inspect(name);
			if (found?.State.Paused) await containers.unpause(name);
			else if (found?.Id !== this.#leadsTo.get(session) || !found?.State.Running) session.close();
		};
		// While the engine does not answer, there is another look soon.
		const timer = setInterval(() => void look().catch(() => {}), LOOK_MS);
		try {
			return await answer;
		} finally {
			clearInterval(timer);
		}
	}

	/** For good: what is still under way is lost. */
	close(): void {
		this.#closed = true;
		this.#drop();
	}

	#drop(): void {
		const session = this.#session;
		this.#session = null;
		void session?.then((open) => open?.close()).catch(() => {});
	}

	/** From now on the environment is one in which nothing has ever happened; no keeper is made, or asked. */
	forget(): void {
		this.#forgotten = true;
		this.#drop();
	}

	/** The keeper is gone, and what it knew is not: who only reads must not be told that nothing is there. */
	async #isLost(): Promise<boolean> {
		if (this.#session !== null || this.#ensured !== null) return false;
		const { containers, name, exists } = this.#options;
		return (await containers.inspect(name)) === null && (await exists());
	}

	#emptyCall(part: string, call: string, args: unknown[]): unknown {
		const { empty } = this.#options;
		return (empty as unknown as Record<string, Record<string, (...args: unknown[]) => unknown>>)[part]?.[call]?.(...args);
	}

	#ensure(): Promise<void> {
		this.#ensured ??= this.#options
			.ensure()
			.then((made) => {
				// What was opened before leads to one that was replaced.
				if (made) this.#drop();
			})
			.catch((error) => {
				this.#ensured = null;
				throw error;
			});
		return this.#ensured;
	}

	#current(): Promise<KeeperSession | null> {
		if (this.#closed) return Promise.reject(new SessionLost('the connection to the keeper was closed'));
		if (this.#session) return this.#session;
		const opening = this.openSession();
		this.#session = opening;
		// Neither a fault, nor that there is no keeper yet, nor an end may be every later call's answer.
		const forget = () => {
			if (this.#session === opening) this.#session = null;
		};
		opening.then((session) => (session ? session.ended.then(forget) : forget()), forget);
		return opening;
	}

	/** One more session, which the caller ends; null where there is no keeper. */
	async openSession(): Promise<KeeperSession | null> {
		const { containers, name, webSockets } = this.#options;
		const found = await containers.inspect(name);
		if (!found) return null;
		// Somebody paused or stopped it, or the engine is about to start it.
		if (found.State.Paused) await containers.unpause(name);
		else if (!found.State.Running) await containers.start(name);
		const program = await containers
			.begin(name, ['node', '/flowferry/dist/keeper/main.js', 'session', webSockets])
			.catch((error: Error) => {
				// It ended between the two, or the engine did.
				throw new SessionLost(error.message, { cause: error });
			});
		const session = openSession(program.input, program.output, () => program.input.destroy(), program.said);
		this.#leadsTo.set(session, found.Id);
		return session;
	}
}

function lost({ name, containers }: KeeperLinkOptions, error: Error): FlowferryError {
	const { cause } = error;
	return new FlowferryError({
		code: 'KEEPER_LOST',
		message: `the connection to ${name} on ${containers.engine.name} was lost${cause instanceof Error ? ` (${cause.message})` : ''}, and did not come back`,
		hint: 'check that the container and the engine run, and run the command again: what was begun is ended then',
		exitStatus: ExitStatus.internal,
		cause: error,
	});
}
