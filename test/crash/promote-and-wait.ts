/**
 * Promotes a snapshot, or switches over to a spare, as the command does, and waits at one moment of one step until its parent, who may kill somebody
 * meanwhile, says `go`: when the step is in the journal and has not acted yet, or when it has acted and that is not in the
 * journal yet. Ends with the command's exit status.
 *   node promote-and-wait.ts <config> <snapshot|switchover> <strategy> <step> <begun|acted>
 */
import { once } from 'node:events';
import { createContext } from '../../src/context.ts';
import { systemClock } from '../../src/lib/adapters/clock.ts';
import { environmentOf } from '../../src/lib/config/environment-of.ts';
import { acquirePromotionLock } from '../../src/lib/cutover/lock.ts';
import { promote } from '../../src/lib/cutover/promote.ts';
import { lockLost } from '../../src/lib/cutover/run.ts';
import { switchover } from '../../src/lib/cutover/switchover.ts';
import { FlowferryError } from '../../src/lib/errors/flowferry-error.ts';
import type { CutoverStrategy } from '../../src/lib/lint/verdict.ts';
import type { PromotionState, Step } from '../../src/lib/promotion/machine.ts';
import { milestones, steps } from '../../src/lib/promotion/machine.ts';

const [config, snapshotId, strategy, step, moment] = process.argv.slice(2) as [string, string, CutoverStrategy, Step, 'begun' | 'acted'];

const context = await createContext(config);
const environment = environmentOf(context.config);
const target = await context.openTarget(environment);
const { journal } = target;

const orphaned = () => process.exit(1);
process.once('disconnect', orphaned);

let waited = false;
async function waitForParent(): Promise<void> {
	if (waited) return;
	waited = true;
	process.send?.('there');
	await once(process, 'message');
}

const reached = milestones[steps.indexOf(step) + 1];
const isDone = (state: PromotionState) =>
	reached === 'released' ? state.kind === 'baking' : state.kind === 'going' && state.reached === reached;
const record = journal.record.bind(journal);
journal.record = async (id, state, finished) => {
	if (moment === 'acted' && isDone(state)) await waitForParent();
	await record(id, state, finished);
	if (moment === 'begun' && state.kind === 'going' && state.running === step) await waitForParent();
};

const by = context.operator();
const lock = await acquirePromotionLock(target.leases, systemClock(), by, { ttlMs: environment.timeouts.lockMs });
target.guard(async () => {
	if (await lock.superseded()) throw lockLost();
});
const setting = {
	environment,
	target,
	by,
	loadSnapshot: (id: string) => context.snapshots.get(id),
	observe: () => {},
	progress: () => {},
	stopReason: lock.lost,
	superseded: lock.superseded,
	runCommand: context.runCommand,
	redact: context.redact,
	interruptMeans: () => {},
};
const choice = { strategy, spare: 'warm' as const };
try {
	if (snapshotId === 'switchover') await switchover(setting, async () => choice);
	else await promote(setting, await context.snapshots.get(snapshotId), choice);
} catch (error) {
	if (!(error instanceof FlowferryError)) throw error;
	process.exitCode = error.exitStatus;
	if (!waited) process.send?.(error.message);
} finally {
	await lock.release();
	target.close();
	process.off('disconnect', orphaned);
	if (process.connected) process.disconnect();
}
