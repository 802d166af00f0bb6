import { randomUUID } from 'node:crypto';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import type { KeeperApi } from '../../keeper/api.ts';
import { ENVIRONMENT_FOLDER } from '../../keeper/folders.ts';
import type { SlotName } from '../../promotion/journal.ts';
import { programOf } from '../../routers/open-router.ts';
import type { Filling } from '../filling.ts';
import type { InstanceStatus, RunnerConfig } from '../instance.ts';
import { layoutOf } from '../layout.ts';
import { failoverConfigOf, type OfFlows, runnerConfigOf, sharedFilesOf } from '../runner-config.ts';
import { notStanding, whyNotStanding } from '../until-standing.ts';
import { readUserSettings } from '../user-settings.ts';
import { CONFIG_FILE, instanceOptions, SETTINGS_FILE, USER, USER_DIR } from './container-options.ts';
import type { Containers } from './containers.ts';
import { aliasOf, type Names } from './names.ts';

/** What a slot of containers runs. */
export interface SlotFile extends Filling {
	/** Its id. */
	image: string;
}

/** What all instances of a slot get of its engine. */
export interface OfEngine {
	/** Of the environment's network: `172.20.0.0/16`. */
	subnet: string;
	/** What the image's programs find in their environment: where they are, and what it was built for. */
	variables: Record<string, string>;
}

/** Of a runner and its Node-RED, in each container alike. */
const CONTROL_PORT = 1879;
const HTTP_PORT = 1880;
/** Of an instance that is gone, so much of its log is kept. */
const KEPT_LOG_LINES = 2000;

export interface InstanceContainersParts {
	environment: NamedEnvironment;
	names: Names;
	containers: Containers;
	keeper: KeeperApi;
	/** What no output may repeat, as far as it is known by now. */
	secrets: () => readonly string[];
}

/** The containers of an environment's instances: how one is made, and what is kept of one that goes. */
export class InstanceContainers {
	readonly #parts: InstanceContainersParts;

	constructor(parts: InstanceContainersParts) {
		this.#parts = parts;
	}

	/** Makes an instance's container anew and starts it. @throws FlowferryError INSTANCE_NOT_STANDING, SETTINGS_UNREADABLE */
	async start(
		{ slot, index }: { slot: SlotName; index: number },
		filled: SlotFile,
		{ ofFlows, ...ofEngine }: { ofFlows: OfFlows } & OfEngine,
	): Promise<void> {
		const { environment } = this.#parts;
		const instance = `${slot}/${index}`;
		const name = this.#parts.names.instance(instance);
		const { image, release } = filled;
		const config = this.#runnerConfig(slot, index, filled, ofFlows, ofEngine);
		const settings = await readUserSettings(environment);
		await this.keepLog(instance);
		// One that is there and does not answer is replaced.
		await this.#parts.containers.stop(name, environment.timeouts.stopMs);
		await this.#parts.containers.create({
			name,
			options: instanceOptions(environment, this.#parts.names, { instance, slot, index, image, release }),
			files: [
				// Not in the image, not in the volume, and not in what `docker inspect` shows: it may hold secrets.
				{ path: CONFIG_FILE.slice(1), content: JSON.stringify(config), mode: 0o400, owner: USER },
				...(settings === null ? [] : [{ path: SETTINGS_FILE.slice(1), content: settings, mode: 0o444 }]),
			],
			networks: environment.docker.networks,
		});
		await this.#parts.containers.start(name);
		try {
			await this.untilStanding({ slot, index });
		} catch (error) {
			await this.#parts.containers.kill(name);
			throw error;
		}
	}

	/** @throws FlowferryError INSTANCE_NOT_STANDING */
	async untilStanding({ slot, index }: { slot: SlotName; index: number }): Promise<void> {
		const { environment, names, containers, keeper } = this.#parts;
		const instance = `${slot}/${index}`;
		const hasEnded = async (status: InstanceStatus | null) => {
			if (status) return null;
			const container = await containers.inspect(names.instance(instance));
			if (!container) return 'its container is gone';
			const { RestartCount, State } = container;
			return RestartCount > 0 || !State.Running ? `its runner ended with status ${State.ExitCode}` : null;
		};
		const reason = await whyNotStanding(() => keeper.instances.status(instance), environment.timeouts.startMs, hasEnded);
		if (reason !== null) throw notStanding(instance, reason, `flowferry logs ${environment.name}`);
	}

	/** What a container has logged goes with it. */
	async keepLog(instance: string): Promise<void> {
		const output = await this.#parts.containers.logs(this.#parts.names.instance(instance), { tail: KEPT_LOG_LINES, follow: null });
		if (output === null) return;
		let text = '';
		for await (const chunk of output) text += chunk;
		if (text !== '') await this.#parts.keeper.slots.keepLog(instance, text);
	}

	/** What all instances of a slot get of its engine. */
	async ofEngine({ image }: SlotFile): Promise<OfEngine> {
		const { containers, names } = this.#parts;
		const { Config } = await containers.engine.docker.getImage(image).inspect();
		const variables = (Config.Env ?? []).map((entry) => entry.split(/=(.*)/s).slice(0, 2) as [string, string]);
		return { subnet: await containers.subnetOf(names.network), variables: Object.fromEntries(variables) };
	}

	#runnerConfig(slot: SlotName, index: number, { spare }: SlotFile, ofFlows: OfFlows, { subnet, variables }: OfEngine): RunnerConfig {
		const { environment, secrets } = this.#parts;
		const instance = `${slot}/${index}`;
		const layout = layoutOf(ENVIRONMENT_FOLDER);
		return runnerConfigOf(environment, { slot, index }, ofFlows, {
			...sharedFilesOf(environment, layout, { slot, index }),
			nodeRedProgram: '/usr/src/node-red/node_modules/node-red/red.js',
			userDir: USER_DIR,
			flows: { kind: 'file', path: '/flowferry/release/flows.json' },
			settingsFile: '/flowferry/templates/settings.cjs',
			userSettingsFile: environment.settings === undefined ? null : SETTINGS_FILE,
			agentDir: '/flowferry/dist/agent',
			log: { kind: 'stdout', where: `docker logs ${this.#parts.names.instance(instance)}` },
			network: {
				...{ kind: 'container', id: randomUUID(), name: aliasOf(instance) },
				...{ subnet, controlPort: CONTROL_PORT, httpPort: HTTP_PORT },
			},
			// Nobody runs `up` after a restart of the engine: each instance of the slot that serves comes back by itself.
			failover: failoverConfigOf(
				environment,
				{ slot, spare },
				{ members: { kind: 'folder', path: layout.slots }, router: programOf({ ...environment, directory: ENVIRONMENT_FOLDER }) },
			),
			commands: { folder: USER_DIR, variables, secrets: secrets() },
			variables: { ...variables, ...environment.variables },
		});
	}
}
