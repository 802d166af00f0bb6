import { setTimeout as sleep } from 'node:timers/promises';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { KeeperApi } from '../../keeper/api.ts';
import { userFacing } from '../../routers/listen-fault.ts';
import type { Progress } from '../target.ts';
import { assertNotOfCompose, composeProject } from './compose-owned.ts';
import type { Containers } from './containers.ts';
import { ensurePulled } from './image/pull.ts';
import type { Names } from './names.ts';
import { routerRequest } from './router-request.ts';

const POLL_MS = 20;
/** What is in flight when the router is stopped gets so long. */
const LAST_MS = 5_000;

/** An environment's HAProxy, in a container of its own. */
export class RouterContainer {
	readonly #environment: NamedEnvironment;
	readonly #names: Names;
	readonly #containers: Containers;
	readonly #keeper: KeeperApi;

	constructor(environment: NamedEnvironment, names: Names, containers: Containers, keeper: KeeperApi) {
		this.#environment = environment;
		this.#names = names;
		this.#containers = containers;
		this.#keeper = keeper;
	}

	/**
	 * Starts it where it does not run, with the traffic that one of before had. One that was made by another configuration is replaced
	 * where nothing goes through it; one of compose's is kept.
	 * @throws FlowferryError ROUTER_DIFFERS, ROUTER_NOT_STARTED, CERTIFICATE_UNREADABLE, COMPOSE_FILE_OUTDATED, and as the engine says
	 */
	async start(progress: Progress): Promise<void> {
		const { router: name } = this.#names;
		const { routerImage } = this.#environment.docker;
		const { request, haproxyConfig } = await routerRequest(this.#environment, this.#names);
		const found = await this.#containers.inspect(name);
		if (found?.State.Paused) await this.#containers.unpause(name);
		const isSame = found !== null && sameLabels(found.Config.Labels, request.options.Labels);
		if (found && !isSame) assertNotOfCompose(found, this.#environment.name);
		const isServing = found?.State.Running === true && (await this.#keeper.router.status()) !== null;
		if (isServing && isSame) return await this.#keeper.routerFiles.restore();
		if (isServing) throw differs(this.#environment);
		await ensurePulled(this.#containers.engine.docker, routerImage, progress);
		await this.#keeper.routerFiles.prepare({ config: haproxyConfig, publicUrl: this.#publicUrl() });
		if (found && composeProject(found) !== undefined) {
			// Without its configuration it has been starting again and again.
			await this.#containers.stop(name, 0);
			await this.#containers.put(name, request.files);
		} else {
			await this.#containers.create(request);
		}
		await this.#containers.start(name);
		await this.#untilServing();
		await this.#keeper.routerFiles.restore();
	}

	/** Ends it and forgets its traffic; nothing to do where there is none. One of compose's stays, stopped. */
	async stop(): Promise<void> {
		const found = await this.#containers.inspect(this.#names.router);
		if (found === null) return;
		const until = performance.now() + LAST_MS;
		await this.#keeper.router.route([]).catch(() => {});
		while (performance.now() < until && (await this.#isBusy())) await sleep(POLL_MS);
		await this.#containers.stop(this.#names.router, LAST_MS);
		if (composeProject(found) === undefined) await this.#containers.remove(this.#names.router);
		await this.#keeper.routerFiles.forget();
	}

	async #isBusy(): Promise<boolean> {
		const status = await this.#keeper.router.status().catch(() => null);
		return status !== null && (status.waiting > 0 || Object.values(status.inFlight).some((count) => count > 0));
	}

	async #untilServing(): Promise<void> {
		const { startMs } = this.#environment.timeouts;
		const until = performance.now() + startMs;
		let reason = `it did not serve within ${startMs} ms (timeouts.startMs)`;
		while (performance.now() < until) {
			if ((await this.#keeper.router.status().catch(() => null)) !== null) return;
			const state = (await this.#containers.inspect(this.#names.router))?.State;
			if (state && !state.Running) {
				reason = `it ended with status ${state.ExitCode}${state.Error ? `: ${state.Error}` : ''}`;
				break;
			}
			await sleep(POLL_MS);
		}
		const said = await this.#lastWords();
		await this.#containers.stop(this.#names.router, 0);
		throw new FlowferryError({
			code: 'ROUTER_NOT_STARTED',
			message: `the router ${this.#names.router} did not start: ${reason}${said}`,
			hint: `its image is ${this.#environment.docker.routerImage} (docker.routerImage): HAProxy 2.6 or later is needed`,
			exitStatus: ExitStatus.internal,
		});
	}

	async #lastWords(): Promise<string> {
		let text = '';
		for await (const chunk of (await this.#containers.logs(this.#names.router, { tail: 5, follow: null })) ?? []) text += chunk;
		return text.trim() === '' ? '' : `\n${text.trim()}`;
	}

	#publicUrl(): string {
		const { host, port, docker } = this.#environment;
		const isLocal = host === '127.0.0.1' || host === '0.0.0.0' || host === '::';
		const named = isLocal ? this.#containers.engine.host : userFacing(host);
		return `${docker.certificate === undefined ? 'http' : 'https'}://${named}:${port}`;
	}
}

function sameLabels(one: Record<string, string> | undefined, other: Record<string, string> | undefined): boolean {
	return JSON.stringify(ownLabels(one)) === JSON.stringify(ownLabels(other));
}

function ownLabels(labels: Record<string, string> | undefined): [string, string][] {
	return Object.entries(labels ?? {})
		.filter(([key]) => key.startsWith('org.flowferry.'))
		.sort();
}

function differs({ name }: NamedEnvironment): FlowferryError {
	return new FlowferryError({
		code: 'ROUTER_DIFFERS',
		message: `the router of ${name} runs as an earlier configuration said: its address, certificate, metrics port, image or hold differs`,
		hint: `run \`flowferry down ${name}\` and \`flowferry up ${name}\` to change it, or set the configuration back`,
	});
}
