import { type Duplex, PassThrough, type Readable } from 'node:stream';
import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import { type ArchiveFile, packArchive } from './archive.ts';
import type { Engine } from './engine.ts';
import { answeredWith, withEngineFaults } from './engine-fault.ts';
import { retryWhileGone } from './engine-gone.ts';
import { label } from './names.ts';
import type { FoundContainer } from './oddities.ts';

/** A daemon that is restarted is back within seconds. */
const GONE_FOR_MS = 30_000;

/** A container to be made. */
export interface ContainerRequest {
	name: string;
	options: ContainerCreateOptions;
	/** Put into it before its start, by their path from its root. */
	files: readonly ArchiveFile[];
	/** Networks that it joins besides the one of its options. */
	networks: readonly string[];
}

/** A program that was begun in a container. */
export interface ContainerProgram {
	input: Duplex;
	output: Readable;
	/** What it has said on its standard error. */
	said(): string;
}

/**
 * The containers of an engine, and what they share, by name. Each call may be made again, and is, while the daemon is away for a moment.
 * @throws FlowferryError as `explainEngineFault`
 */
export class Containers {
	readonly engine: Engine;

	constructor(engine: Engine) {
		this.engine = engine;
	}

	/** Null where there is none. */
	async inspect(name: string): Promise<ContainerInspectInfo | null> {
		return await this.#orNull(() => this.#container(name).inspect());
	}

	/** Those with these labels, running or not. */
	async found(labels: Record<string, string>): Promise<(FoundContainer & { labels: Record<string, string> })[]> {
		const filters = { label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) };
		const found = await this.#ask(() => this.engine.docker.listContainers({ all: true, filters }));
		return found.map(({ Names, Labels, State, Status, NetworkSettings }) => ({
			name: Names[0]?.slice(1) ?? '',
			labels: Labels,
			state: State,
			says: Status,
			networks: Object.keys(NetworkSettings?.Networks ?? {}),
		}));
	}

	/** Makes one in place of any other of its name; it does not run yet. */
	async create({ name, options, files, networks }: ContainerRequest): Promise<void> {
		await this.#ask(async () => {
			await this.#remove(name);
			const container = await this.engine.docker.createContainer({ ...options, name });
			if (files.length > 0) await container.putArchive(packArchive(files), { path: '/' });
			for (const network of networks) await this.engine.docker.getNetwork(network).connect({ Container: container.id });
		});
	}

	/** Puts files into one that is there. */
	async put(name: string, files: readonly ArchiveFile[]): Promise<void> {
		if (files.length === 0) return;
		await this.#ask(() => this.#container(name).putArchive(packArchive(files), { path: '/' }));
	}

	async start(name: string): Promise<void> {
		await this.#unless([304], () => this.#container(name).start());
	}

	/** Asks it to end, and makes it; where there is none, there is nothing to do. @param graceMs until it is made to */
	async stop(name: string, graceMs: number): Promise<void> {
		await this.#unless([304, 404], () => this.#container(name).stop({ t: Math.ceil(graceMs / 1000) }));
	}

	/** At once. */
	async kill(name: string): Promise<void> {
		// 409: it does not run.
		await this.#unless([404, 409], () => this.#container(name).kill());
	}

	/** With the volumes that are its alone. */
	async remove(name: string): Promise<void> {
		await this.#ask(() => this.#remove(name));
	}

	async pause(name: string): Promise<void> {
		await this.#ask(() => this.#container(name).pause());
	}

	/** Nothing to do where it is not paused, or not there. */
	async unpause(name: string): Promise<void> {
		await this.#unless([404, 409, 500], () => this.#container(name).unpause());
	}

	async ensureNetwork(name: string, labels: Record<string, string>): Promise<void> {
		if ((await this.#orNull(() => this.engine.docker.getNetwork(name).inspect())) !== null) return;
		await this.#ask(() => this.engine.docker.createNetwork({ Name: name, Driver: 'bridge', CheckDuplicate: true, Labels: labels }));
	}

	/** Its IPv4 range: `172.20.0.0/16`. */
	async subnetOf(network: string): Promise<string> {
		const { IPAM } = (await this.#ask(() => this.engine.docker.getNetwork(network).inspect())) as {
			IPAM: { Config: { Subnet: string }[] };
		};
		return IPAM.Config.map(({ Subnet }) => Subnet).find((subnet) => !subnet.includes(':')) ?? '';
	}

	async hasVolume(name: string): Promise<boolean> {
		return (await this.#orNull(() => this.engine.docker.getVolume(name).inspect())) !== null;
	}

	async ensureVolume(name: string, labels: Record<string, string>): Promise<void> {
		await this.#ask(() => this.engine.docker.createVolume({ Name: name, Labels: labels }));
	}

	async connect(network: string, name: string, aliases: string[]): Promise<void> {
		// 403: it is in there already.
		await this.#unless([403], () =>
			this.engine.docker.getNetwork(network).connect({ Container: name, EndpointConfig: { Aliases: aliases } }),
		);
	}

	/** The networks that a container is in, with its names there. @throws where there is no such container */
	async networksOf(name: string): Promise<{ network: string; aliases: string[] }[]> {
		const { Id, NetworkSettings } = await this.#ask(() => this.#container(name).inspect());
		return Object.entries(NetworkSettings.Networks).map(([network, { Aliases }]) => ({
			network,
			// The engine gives the beginning of the id by itself.
			aliases: ((Aliases ?? []) as string[]).filter((alias) => !Id.startsWith(alias)),
		}));
	}

	async disconnect(network: string, name: string): Promise<void> {
		await this.#unless([403, 404], () => this.engine.docker.getNetwork(network).disconnect({ Container: name, Force: true }));
	}

	/** Removes an environment's network and volume, and what containers are left. */
	async removeAll(prefix: string, { network, volume }: { network: string; volume: string }): Promise<void> {
		for (const { name } of await this.found({ [label.environment]: prefix })) await this.remove(name);
		await this.#unless([404], () => this.engine.docker.getNetwork(network).remove());
		await this.#unless([404], () => this.engine.docker.getVolume(volume).remove());
	}

	/** Begins a program in a running container, with its standard input and output here; one whose input ends is to end. */
	async begin(name: string, command: string[]): Promise<ContainerProgram> {
		const streams = { AttachStdin: true, AttachStdout: true, AttachStderr: true };
		const stream = await this.#ask(async () => {
			const exec = await this.#container(name).exec({ Cmd: command, ...streams, Tty: false });
			return await exec.start({ hijack: true, stdin: true });
		});
		const [output, errors] = [new PassThrough(), new PassThrough()];
		let said = '';
		errors.on('data', (chunk: Buffer) => {
			said = (said + chunk.toString('utf8')).slice(-4000);
		});
		this.engine.docker.modem.demuxStream(stream, output, errors);
		for (const event of ['end', 'close', 'error']) stream.once(event, () => output.end());
		return { input: stream, output, said: () => said };
	}

	/** Runs a program to its end. @returns its status */
	async run(name: string, command: string[]): Promise<number> {
		const exec = await this.#ask(() => this.#container(name).exec({ Cmd: command, AttachStdout: true, AttachStderr: true }));
		const stream = await withEngineFaults(this.engine, () => exec.start({}));
		for await (const _ of stream) {
			// Until it ends.
		}
		return (await exec.inspect()).ExitCode ?? -1;
	}

	/** What it has printed, and what it goes on to print until the signal. */
	async logs(name: string, { tail, follow }: { tail: number; follow: AbortSignal | null }): Promise<Readable | null> {
		const output = new PassThrough();
		const { modem } = this.engine.docker;
		const request = {
			path: `/containers/${encodeURIComponent(name)}/logs?`,
			method: 'GET',
			options: { stdout: true, stderr: true, tail, follow: follow !== null },
			...(follow && { abortSignal: follow }),
			// What does not follow is a stream all the same: dockerode would make text of it, and damage the lengths in it.
			isStream: true,
			statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
		};
		const stream = await this.#orNull(
			() =>
				new Promise<NodeJS.ReadableStream>((resolve, reject) => {
					modem.dial(request, (error, answer) => (error ? reject(error as Error) : resolve(answer as NodeJS.ReadableStream)));
				}),
		);
		if (stream === null) return null;
		modem.demuxStream(stream, output, output);
		for (const event of ['end', 'close', 'error']) stream.once(event, () => output.end());
		return output;
	}

	#container(name: string) {
		return this.engine.docker.getContainer(name);
	}

	async #remove(name: string): Promise<void> {
		try {
			await this.#container(name).remove({ force: true, v: true });
		} catch (error) {
			if (!answeredWith(error, 404)) throw error;
		}
	}

	async #ask<T>(work: () => Promise<T>): Promise<T> {
		return await retryWhileGone(() => withEngineFaults(this.engine, work), { forMs: GONE_FOR_MS });
	}

	/** @param statuses of answers that say there is nothing to do */
	async #unless(statuses: number[], work: () => Promise<unknown>): Promise<void> {
		await this.#ask(async () => {
			try {
				await work();
			} catch (error) {
				if (!answeredWith(error, ...statuses)) throw error;
			}
		});
	}

	async #orNull<T>(work: () => Promise<T>): Promise<T | null> {
		return await this.#ask(async () => {
			try {
				return await work();
			} catch (error) {
				if (answeredWith(error, 404)) return null;
				throw error;
			}
		});
	}
}
