/**
 * Promotes a snapshot as the command does, and ends itself by SIGKILL at one moment of one step: when the step is in the
 * journal and has not acted yet, or when it has acted and that is not in the journal yet.
 *   node promote-and-die.ts <config> <snapshot> <step> <begun|acted>
 */
import { createContext } from '../../src/context.ts';
import { systemClock } from '../../src/lib/adapters/clock.ts';
import { environmentOf } from '../../src/lib/config/environment-of.ts';
import { acquirePromotionLock } from '../../src/lib/cutover/lock.ts';
import { promote } from '../../src/lib/cutover/promote.ts';
import type { PromotionState } from '../../src/lib/promotion/machine.ts';
import { milestones, steps } from '../../src/lib/promotion/machine.ts';

const [config, snapshotId, step, moment] = process.argv.slice(2) as [string, string, (typeof steps)[number], 'begun' | 'acted'];
const die = () => process.kill(process.pid, 'SIGKILL');

const context = await createContext(config);
const environment = environmentOf(context.config);
const target = await context.openTarget(environment);
const { journal } = target;

const reached = milestones[steps.indexOf(step) + 1];
const isDone = (state: PromotionState) =>
	reached === 'released' ? state.kind === 'baking' : state.kind === 'going' && state.reached === reached;
const record = journal.record.bind(journal);
journal.record = async (id, state, finished) => {
	if (moment === 'acted' && isDone(state)) die();
	await record(id, state, finished);
	if (moment === 'begun' && state.kind === 'going' && state.running === step) die();
};

await acquirePromotionLock(target.leases, systemClock(), context.operator());
await promote(
	{
		environment,
		target,
		by: context.operator(),
		loadSnapshot: (id) => context.snapshots.get(id),
		observe: () => {},
		progress: () => {},
		stopReason: () => null,
		superseded: async () => false,
		runCommand: context.runCommand,
		redact: context.redact,
		interruptMeans: () => {},
	},
	await context.snapshots.get(snapshotId),
	'exclusive',
);
process.exitCode = 1; // it should not have lived
