import { setTimeout as sleep } from 'node:timers/promises';
import { toldInFull } from '../errors/told-in-full.ts';
import { noProgress } from './compare-releases.ts';
import type { CutoverContext } from './context.ts';
import { sideInstances } from './sides.ts';
import { activeInstances } from './slot-instances.ts';
import { crashesOf } from './verify.ts';
import { verifyRelease } from './verify-release.ts';

/** How the bake time ended. `stopped`: somebody ended it, and the new release serves on, unwatched. */
export interface Baked {
	outcome: 'passed' | 'failed' | 'stopped';
	durationMs: number;
	/** Rounds of checks that were made. */
	rounds: number;
	/** Why it failed or was stopped; null where it passed. */
	reason: string | null;
}

const POLL_MS = 250;

/**
 * Goes on watching a release that serves: its instances, the checks, its errors and its progress. The last round comes at
 * the end of the time.
 * @param stopReason asked all the while: why to watch no longer; null to go on
 */
export async function bake(context: CutoverContext, stopReason: () => Promise<string | null>): Promise<Baked> {
	const { environment, target, to, report, progress } = context;
	const { forMs, checkEveryMs } = environment.bake;
	const began = performance.now();
	const crashes = crashesOf(await activeInstances(await sideInstances(target, to)));
	let rounds = 0;
	const ended = (outcome: Baked['outcome'], reason: string | null): Baked => ({
		outcome,
		durationMs: Math.round(performance.now() - began),
		rounds,
		reason,
	});

	for (;;) {
		const next = Math.min(performance.now() + checkEveryMs, began + forMs);
		do {
			const reason = await stopReason();
			if (reason) return ended('stopped', reason);
			await sleep(Math.max(0, Math.min(POLL_MS, next - performance.now())));
		} while (performance.now() < next);
		rounds++;
		try {
			await verifyRelease(context, crashes);
			const stuck = noProgress(report.before, report.after?.silentMs ?? 0);
			if (stuck) throw new Error(stuck);
		} catch (error) {
			return ended('failed', toldInFull(error));
		}
		if (performance.now() >= began + forMs) return ended('passed', null);
		progress(`baking: round ${rounds} passed, ${Math.ceil((began + forMs - performance.now()) / 1000)} s to go`);
	}
}
