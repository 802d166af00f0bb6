import { existsSync } from 'node:fs';
import { atEnvironment } from './at-environment.ts';
import type { Context } from './context.ts';
import { environmentOf } from './lib/config/environment-of.ts';
import { type Hold, heldSnapshots } from './lib/promotion/held-snapshots.ts';

/** What each environment needs; a sentence where it cannot be asked. */
export type EnvironmentHolds = { environment: string; holds: Hold[] } | { environment: string; unknown: string };

/** Asks every environment of the configuration which snapshots it needs. Nothing is made or changed. */
export async function askEnvironments(context: Context): Promise<EnvironmentHolds[]> {
	const names = Object.keys(context.config.environments);
	return await Promise.all(names.map((name) => askEnvironment(context, name)));
}

async function askEnvironment(context: Context, name: string): Promise<EnvironmentHolds> {
	const environment = environmentOf(context.config, name);
	if (environment.target === 'process' && !existsSync(environment.directory)) {
		return { environment: name, unknown: `${environment.directory} is not there: it has never run here, but may run on another machine` };
	}
	try {
		const [holds, isNew] = await atEnvironment(context, name, async ({ journal }) => [
			await heldSnapshots(journal),
			(await journal.history(1)).length === 0,
		]);
		if (environment.target === 'process' || holds.length > 0 || !isNew) return { environment: name, holds };
		const place = environment.target === 'docker' ? 'at this Docker Engine' : 'in this namespace';
		return { environment: name, unknown: `it has never run ${place}, but may run elsewhere` };
	} catch (error) {
		return { environment: name, unknown: (error as Error).message };
	}
}
