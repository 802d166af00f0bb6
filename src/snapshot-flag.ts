import { Flags } from '@oclif/core';
import type { Context } from './context.ts';
import { severities } from './lib/lint/finding.ts';
import type { Capture } from './lib/snapshot/capture.ts';
import { captureSnapshot } from './lib/snapshot/capture.ts';

/** Which snapshot a command is about. */
export const snapshotFlag = () =>
	Flags.string({ char: 's', description: "A stored snapshot's id, 7 digits or more; default: the dev Node-RED as it is now" });

export const failOnFlag = () =>
	Flags.option({
		options: [...severities, 'never'] as const,
		description: "The severity from which lint findings stop a promotion; default: the environment's failOn",
	})();

/** The stored snapshot of that id; without one, a snapshot of the dev Node-RED, stored. */
export async function resolveSnapshot(context: Context, id: string | undefined): Promise<Capture> {
	if (id !== undefined) return { snapshot: await context.snapshots.get(id), warnings: [] };
	const capture = await captureSnapshot(context.dev, { message: '', author: await context.author(), now: context.now });
	await context.snapshots.put(capture.snapshot);
	return capture;
}
