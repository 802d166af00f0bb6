import { join } from 'node:path';
import { type SlotName, slotOf } from '../promotion/journal.ts';

/** Where an environment keeps what, below its directory. */
export interface Layout {
	/** Journal and leases. */
	stateFile: string;
	/** The token of the runners' and the gateway's control calls. */
	tokenFile: string;
	/** Node-RED's context, where instances share it. It outlives slots and releases. */
	contextFile: string;
	/** Installed palettes, each under the digest of its package.json: equal palettes are installed once. */
	palettes: string;
	/** Installed Node-REDs, by version. */
	nodeReds: string;
	/** Kept when a slot is discarded: they tell why. */
	logs: string;
	slots: string;
	slot(slot: SlotName): string;
	/** What the slot runs; written last, so a slot without it is not filled. */
	slotFile(slot: SlotName): string;
	/** The release's flows. */
	flowsFile(slot: SlotName): string;
	instance(slot: SlotName, index: number): InstanceLayout;
	/** @param instance `blue/0` */
	named(instance: string): InstanceLayout;
}

export interface InstanceLayout {
	userDir: string;
	addressFile: string;
	logFile: string;
}

export function layoutOf(directory: string): Layout {
	const slots = join(directory, 'slots');
	const slot = (name: SlotName) => join(slots, name);
	const logs = join(directory, 'logs');
	const instance = (name: SlotName, index: number): InstanceLayout => ({
		userDir: join(slot(name), String(index), 'user-dir'),
		addressFile: join(slot(name), String(index), 'address.json'),
		logFile: join(logs, `${name}-${index}.log`),
	});
	return {
		stateFile: join(directory, 'state.db'),
		tokenFile: join(directory, 'control.token'),
		contextFile: join(directory, 'context.db'),
		palettes: join(directory, 'palettes'),
		nodeReds: join(directory, 'node-red'),
		logs,
		slots,
		slot,
		slotFile: (name) => join(slot(name), 'slot.json'),
		flowsFile: (name) => join(slot(name), 'flows.json'),
		instance,
		named: (name) => instance(slotOf(name), Number(name.split('/')[1])),
	};
}
