import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../adapters/atomic-file.ts';
import { systemClock } from '../adapters/clock.ts';
import { lockStateDatabase } from '../adapters/state-lock.ts';
import { ensureToken } from '../control/token.ts';
import type { SlotName } from '../promotion/journal.ts';
import { initialMap } from '../routers/haproxy/config-file.ts';
import { haproxyFiles } from '../routers/haproxy/haproxy-files.ts';
import { HaproxyRouter } from '../routers/haproxy/haproxy-router.ts';
import { readHaproxyState, writeHaproxyState } from '../routers/haproxy/state-file.ts';
import { forgetHaproxy } from '../routers/haproxy/stop.ts';
import type { WebSocketPolicy } from '../routers/router.ts';
import { openEnvironmentState } from '../targets/environment-state.ts';
import type { Instance } from '../targets/instance.ts';
import { type Layout, layoutOf } from '../targets/layout.ts';
import { RunnerInstance, runnerByFile } from '../targets/runner-instance.ts';
import { effects, type Instances, type KeeperApi, type Machine, type RouterFiles, type SlotFiles } from './api.ts';

/** An instance's answer from memory, over the network of one machine. */
const ANSWER_MS = 2000;

/** An environment whose files are here: what a keeper knows and can do. */
export interface Keeper {
	api: KeeperApi;
	close(): void;
}

/**
 * @param directory the environment's
 * @throws FlowferryError STATE_UNUSABLE
 */
export async function openKeeper(directory: string, webSockets: WebSocketPolicy): Promise<Keeper> {
	const layout = layoutOf(directory);
	await mkdir(layout.logs, { recursive: true });
	await ensureToken(layout.tokenFile);
	const state = openEnvironmentState(layout.stateFile);
	const files = haproxyFiles(directory);
	const router = new HaproxyRouter(files, { webSockets });
	return {
		api: {
			...state,
			router,
			instances: instancesOf(layout),
			slots: slotFiles(layout),
			routerFiles: routerFiles(router, files),
			machine: machine(layout),
		},
		close: state.close,
	};
}

function instancesOf(layout: Layout): Instances {
	const at = (name: string): Instance =>
		new RunnerInstance(
			name,
			runnerByFile({ addressFile: layout.named(name).addressFile, tokenFile: layout.tokenFile }),
			ANSWER_MS,
			async () => {}, // whoever calls has asked before
		);
	const call =
		(method: keyof Instances) =>
		(name: string, ...args: unknown[]) =>
			(at(name)[method] as (...args: unknown[]) => unknown)(...args);
	return Object.fromEntries(
		Object.keys(effects.instances).map((method) => [method, call(method as keyof Instances)]),
	) as unknown as Instances;
}

function slotFiles(layout: Layout): SlotFiles {
	const textOf = async (file: string): Promise<string | null> => {
		try {
			return await readFile(file, 'utf8');
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
			throw error;
		}
	};
	return {
		read: (slot) => textOf(layout.slotFile(slot)),
		flows: async (slot) => await readFile(layout.flowsFile(slot), 'utf8'),
		write: async (slot, { slot: text, flows, instances }) => {
			await removeSlot(layout, slot);
			for (let index = 0; index < instances; index++) {
				await mkdir(dirname(layout.instance(slot, index).addressFile), { recursive: true, mode: 0o700 });
			}
			await replaceFile(layout.flowsFile(slot), flows);
			// The file comes last: what lacks it was never finished.
			await replaceFile(layout.slotFile(slot), text);
		},
		remove: (slot) => removeSlot(layout, slot),
		keepLog: async (instance, text) => await replaceFile(layout.named(instance).logFile, text),
		keptLog: async (instance) => (await textOf(layout.named(instance).logFile)) ?? '',
	};
}

async function removeSlot(layout: Layout, slot: SlotName): Promise<void> {
	await rm(layout.slotFile(slot), { force: true });
	await rm(layout.slot(slot), { recursive: true, force: true });
}

function routerFiles(router: HaproxyRouter, files: ReturnType<typeof haproxyFiles>): RouterFiles {
	return {
		prepare: async ({ config, publicUrl }) => {
			const left = await readHaproxyState(files.stateFile).catch(() => null);
			await replaceFile(files.configFile, config);
			await replaceFile(files.mapFile, initialMap);
			await writeHaproxyState(files.stateFile, { pid: null, publicUrl, traffic: left?.traffic ?? { state: 'closed' } });
		},
		restore: async () => await restoreTraffic(router, files.stateFile),
		forget: () => forgetHaproxy(files),
	};
}

/** Brings an HAProxy that has just started to the traffic that was ordered; at once where it has that, or where none runs. */
export async function restoreTraffic(router: HaproxyRouter, stateFile: string): Promise<void> {
	const running = await router.status();
	if (running === null || running.traffic.state !== 'closed') return;
	await router.restore((await readHaproxyState(stateFile))?.traffic ?? { state: 'closed' });
}

function machine(layout: Layout): Machine {
	let unlock = () => {};
	return {
		nowMs: async () => systemClock().nowMs(),
		lockState: async () => {
			unlock = await lockStateDatabase(layout.stateFile);
		},
		unlockState: async () => {
			unlock();
			unlock = () => {};
		},
	};
}
