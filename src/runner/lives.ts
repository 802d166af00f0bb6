import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lockStateDatabase } from '../lib/adapters/state-lock.ts';

/**
 * Files that the runners of an instance keep locked as long as they live, one for each incarnation. The kernel takes such a lock away with its
 * process, and with nothing else; an engine may be wrong about what it takes for ended.
 */
export class Lives {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	/** Until this process ends, or the returned function is called. @throws where there is no room for the file, or no lock */
	async begin(incarnation: string): Promise<() => Promise<void>> {
		const file = this.#fileOf(incarnation);
		await mkdir(this.#folder, { recursive: true, mode: 0o700 });
		const unlock = await lockStateDatabase(file, 0);
		return async () => {
			unlock();
			// A file that is left says the same: its runner has ended.
			await rm(file, { force: true }).catch(() => {});
		};
	}

	/** False, too, where that is not known: it has left no file. */
	async hasEnded(incarnation: string): Promise<boolean> {
		const file = this.#fileOf(incarnation);
		if (!existsSync(file)) return false;
		const unlock = await lockStateDatabase(file, 0).catch(() => null);
		if (!unlock) return false;
		unlock();
		await rm(file, { force: true });
		return true;
	}

	#fileOf(incarnation: string): string {
		return join(this.#folder, `${incarnation}.life`);
	}
}
