import { readFileSync } from 'node:fs';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../adapters/atomic-file.ts';
import type { FlowNode } from '../../flows/node.ts';
import type { SlotName } from '../../promotion/journal.ts';
import type { Filling } from '../filling.ts';
import type { Layout } from '../layout.ts';

/** What a slot of processes runs. */
export interface SlotFile extends Filling {
	nodeRedProgram: string;
}

/** The slots of an environment as folders: their flows, and a user directory for each instance. */
export class SlotFolders {
	readonly #layout: Layout;

	constructor(layout: Layout) {
		this.#layout = layout;
	}

	/** At once, like an instance's address: several times while nothing serves. Null for an empty slot. */
	read(slot: SlotName): SlotFile | null {
		try {
			return JSON.parse(readFileSync(this.#layout.slotFile(slot), 'utf8')) as SlotFile;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
			throw error;
		}
	}

	/** Of a filled slot. */
	flows(slot: SlotName): FlowNode[] {
		return JSON.parse(readFileSync(this.#layout.flowsFile(slot), 'utf8')) as FlowNode[];
	}

	/** Fills an empty slot. @param palette the folder that has its packages */
	async write(slot: SlotName, file: SlotFile, flows: readonly FlowNode[], palette: string): Promise<void> {
		for (let index = 0; index < file.instances; index++) await fillUserDir(this.#layout.instance(slot, index).userDir, palette);
		await writeFile(this.#layout.flowsFile(slot), JSON.stringify(flows), { mode: 0o600 });
		// The file comes last: what lacks it was never finished.
		await replaceFile(this.#layout.slotFile(slot), JSON.stringify(file));
	}

	/** Empties a slot whose processes have ended. */
	async remove(slot: SlotName): Promise<void> {
		await rm(this.#layout.slotFile(slot), { force: true });
		await rm(this.#layout.slot(slot), { recursive: true, force: true });
	}
}

/** All that an instance needs but its flows and credentials, which its runner brings before each start. */
async function fillUserDir(userDir: string, palette: string): Promise<void> {
	await mkdir(userDir, { recursive: true, mode: 0o700 });
	await cp(join(palette, 'package.json'), join(userDir, 'package.json'));
	await symlink(join(palette, 'node_modules'), join(userDir, 'node_modules'), 'dir');
}
