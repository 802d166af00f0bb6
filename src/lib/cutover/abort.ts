import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { PromotionRecord } from '../promotion/journal.ts';
import { transition } from '../promotion/machine.ts';
import { servingRelease } from '../promotion/serving.ts';
import { abortedBy } from './pause.ts';
import type { PromotionSetting } from './promote.ts';
import { endPromotion, recover } from './promote.ts';

/** The contract of `abort --json`. */
export interface AbortResult {
	outcome: 'aborted' | 'nothing-to-do';
	environment: string;
	/** The release that serves, as before; null where none ever did. */
	release: number | null;
	/** The promotion that went back. */
	promotion: PromotionRecord | null;
}

/**
 * Sees to it that a promotion goes back which was asked to: a paused one, and one whose runner is gone, from here; one that
 * ran has gone back by itself by now. The caller holds the lock.
 * @throws FlowferryError ABORT_TOO_LATE (exit 6) where it came through
 */
export async function finishAbort(setting: PromotionSetting, id: number): Promise<AbortResult> {
	const { environment, target } = setting;
	const found = (await target.journal.promotion(id)) as PromotionRecord;
	const promotion = found.ended === null ? ((await goBack(setting, found)) ?? found) : found;
	const release = (await servingRelease(target))?.release.number ?? null;
	if (promotion.state.kind === 'rolled back') return { outcome: 'aborted', environment: environment.name, release, promotion };
	const { from, to } = promotion;
	throw new FlowferryError({
		code: 'ABORT_TOO_LATE',
		message: to.instance
			? `switchover ${id} had come too far to be aborted: ${to.instance} is active in ${environment.name}`
			: `promotion ${id} had come too far to be aborted: release ${to.release.number} serves in ${environment.name}`,
		hint: `go back by a cutover: flowferry ${to.instance ? `switchover ${environment.name} --to ${from?.instance}` : `rollback ${environment.name}`}`,
		exitStatus: ExitStatus.declined,
	});
}

async function goBack(setting: PromotionSetting, found: PromotionRecord): Promise<PromotionRecord | null> {
	if (found.state.kind !== 'paused') return await recover(setting);
	return await endPromotion(setting, { ...found, state: transition(found.state, { event: 'abort', cause: abortedBy(setting.by) }) });
}

/** The promotion was asked, and has not gone back in time. */
export function abortPending(environment: string, { id, state }: PromotionRecord, waitedMs: number): FlowferryError {
	const at = state.kind === 'going' && state.running ? `; it is in '${state.running}'` : '';
	return new FlowferryError({
		code: 'ABORT_PENDING',
		message: `promotion ${id} to ${environment} was asked to go back, and has not within ${waitedMs} ms (timeouts.abortMs)${at}`,
		hint: `it goes back before its next step: \`flowferry status ${environment}\` shows how far it is`,
		exitStatus: ExitStatus.needsOperator,
	});
}
