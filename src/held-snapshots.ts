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
	if (!existsSync(environment.directory)) {
		return { environment: name, unknown: `${environment.directory} is not there: it has never run here, but may run on another machine` };
	}
	try {
		return { environment: name, holds: await atEnvironment(context, name, ({ journal }) => heldSnapshots(journal)) };
	} catch (error) {
		return { environment: name, unknown: (error as Error).message };
	}
}
