import type { Cleanup } from '../../demo/cleanup.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Setting } from '../cutover/setting.ts';
import type { Way } from '../cutover/way.ts';
import type { Bed } from '../failover/bed.ts';
import type { BedSetting } from '../failover/bed-setting.ts';

/** Where what is measured runs. All that a bench has to know of it. */
export interface Place {
	/** An address of this machine that the flows reach: the broker listens on it. */
	readonly brokerHost: string;
	/** Room for one more environment. */
	newProduction(): Promise<Production>;
	/** What is done here to change flows without flowferry. */
	startPlainWay(setting: Setting): Promise<Way>;
	/** A Node-RED that the place alone, without flowferry, starts again when it has ended; null where nothing would. */
	readonly makePlainBed: ((setting: BedSetting) => Promise<Bed>) | null;
}

/** A flowferry environment here. */
export interface Production {
	/** Its keys in `flowferry.yaml`. */
	readonly keys: Readonly<Record<string, unknown>>;
	/** Where its router is reached from this machine. */
	readonly url: string;
	/**
	 * Its state database, as a file of this machine's; known once it runs. Null where its state is in none.
	 * @param directory of its configuration
	 */
	readonly stateFile: ((directory: string) => Promise<string>) | null;
	/** The processes of an instance, as this machine numbers them. */
	processesOf(status: InstanceStatus): Promise<Processes>;
	/** Ends it, and leaves nothing of it. @param folder of its project */
	takeDown(folder: string): Promise<unknown>;
}

export interface Processes {
	nodeRed: number;
	/** What starts it again when it ends; null where that is no process of its own. */
	runner: number | null;
}

/** @param cleanup undoes what the place has made for itself */
export type OpenPlace = (cleanup: Cleanup) => Promise<Place>;
