import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Injection } from '../../src/lib/targets/fault.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Stage } from './target-stage.ts';

interface Scene {
	stage: Stage;
	before: InstanceStatus;
	injection: Injection;
}

const NAME = 'blue/0';
const CLOCKS_DIFFER_MS = 500;
/** A kubelet takes its time to end a pod, and to make another. */
const MADE_ANEW_MS = 120_000;

const statusNow = async (stage: Stage) => await (await stage.instance(NAME)).status();
const isActive = async (stage: Stage) => (await statusNow(stage))?.state === 'active';

/** Under another lease than before: one that has just woken may not know yet that it lost that. */
async function isActiveAnew({ stage, before }: Scene): Promise<boolean> {
	const status = await statusNow(stage);
	return status?.state === 'active' && (status.lease?.token ?? 0) > (before.lease?.token as number);
}

/** The active instance no longer is, while nobody takes the fault back. */
async function untilItLetsGo({ stage, before }: Scene): Promise<void> {
	const { ttlMs } = stage.bed.environment.lease;
	const holds = async () => (await stage.leases()).some(([, holder]) => holder === before.holder);
	await stage.until(async () => !(await holds()), 'its lease has ended', ttlMs + 1000);
}

/** What fault.ts says of each, and what is left once it was taken back. */
const does: Record<Fault, (scene: Scene) => Promise<void>> = {
	crash: async ({ stage, before, injection }) => {
		await stage.until(async () => ((await statusNow(stage))?.crashes ?? 0) > before.crashes, 'its Node-RED has ended');
		await injection.undo();
		await stage.until(() => isActive(stage), 'it is active again');
		expect((await stage.status(NAME)).holder).toBe(before.holder);
	},
	hang: async ({ stage, before, injection }) => {
		await stage.until(async () => ((await statusNow(stage))?.heartbeatMs ?? 0) > 1500, 'no sign of life from Node-RED');
		expect(await stage.status(NAME)).toMatchObject({ holder: before.holder, crashes: before.crashes });
		await injection.undo();
		await stage.until(async () => ((await statusNow(stage))?.heartbeatMs ?? 9999) < 1000, 'a sign of life');
		expect(await stage.status(NAME)).toMatchObject({ holder: before.holder, state: 'active', childPid: before.childPid });
	},
	freeze: async (scene) => {
		const { stage, before, injection } = scene;
		expect(await statusNow(stage)).toBeNull();
		await untilItLetsGo(scene);
		// Its own clock may be a little behind: woken before the end, it would go on under the same lease.
		await sleep(CLOCKS_DIFFER_MS);
		await injection.undo();
		await stage.until(async () => (await statusNow(stage))?.holder === before.holder, 'its runner answers');
		await stage.until(() => isActiveAnew(scene), 'it takes the seat again, which nobody has');
	},
	'store-loss': async (scene) => {
		const { stage, before, injection } = scene;
		expect(await stage.status(NAME)).toMatchObject({ holder: before.holder, crashes: before.crashes });
		if (!stage.bed.storeLossHits) await expect(stage.target.leases.acquire('contract', 'me', 100)).rejects.toThrow();
		await untilItLetsGo(scene);
		await injection.undo();
		expect(await stage.target.leases.acquire('contract', 'me', 1)).toMatchObject({ granted: true });
		await stage.until(() => isActiveAnew(scene), 'it takes the seat again, which nobody has');
	},
	eviction: async ({ stage, before }) => {
		const isAnother = async () => {
			const status = await statusNow(stage);
			return status?.state === 'standby' && status.holder !== before.holder;
		};
		await stage.until(isAnother, 'it is made anew, and stands by', MADE_ANEW_MS);
		expect((await stage.leases()).map(([, holder]) => holder)).not.toContain(before.holder);
		await stage.activate(NAME);
	},
	'cut-off': async (scene) => {
		const { stage, before, injection } = scene;
		const processes = await stage.bed.running(NAME);
		expect(processes.length).toBeGreaterThan(0);
		// Whoever serves nobody lets go for another to serve: of a slot that does not serve, nobody would.
		await stage.target.journal.setServingSlot('blue');
		await untilItLetsGo(scene);
		await expect(bedAnswers(stage)).rejects.toThrow();
		await injection.undo();
		await stage.until(async () => (await statusNow(stage))?.holder === before.holder, 'its runner answers');
		await stage.until(() => isActiveAnew(scene), 'it takes the seat again, which nobody has');
		await stage.target.journal.setServingSlot(null);
	},
};

async function bedAnswers({ bed }: Stage): Promise<void> {
	const response = await bed.fetch('/version');
	if (response.status !== 200) throw new Error(`status ${response.status}`);
}

/** @param filled brings the environment to where blue is filled, and stands by */
export function faultTests(getStage: () => Stage, filled: () => Promise<void>, faults: readonly Fault[]): void {
	it.each(faults)('%s is brought about and taken back, or said to be impossible and refused', async (fault) => {
		await filled();
		const stage = getStage();
		const { target } = stage;
		const before = await stage.serve(NAME);
		const because = target.impossible[fault];
		if (because !== undefined) {
			const standing = await stage.standing();
			await expect(target.inject(NAME, fault)).rejects.toMatchObject({
				code: 'FAULT_IMPOSSIBLE',
				message: expect.stringContaining(because),
			});
			expect(await stage.standing()).toEqual(standing);
			return;
		}
		const isLacking = stage.bed.mayLack?.includes(fault) === true;
		const untouched = isLacking ? await stage.standing() : null;
		const injection = await target.inject(NAME, fault).catch((error) => {
			if (isLacking && error.code === 'FAULT_IMPOSSIBLE') return null;
			throw error;
		});
		if (injection === null) return expect(await stage.standing()).toEqual(untouched);
		try {
			await does[fault]({ stage, before, injection });
		} finally {
			await injection.undo();
			await injection.undo();
		}
		const { url } = await stage.status(NAME);
		await target.router.route([{ instance: NAME, url: url as string }]);
		expect(await stage.ask('/who')).toBe(NAME);
	});

	it('are refused where nobody runs, with nothing done', async () => {
		await filled();
		const { target, bed } = getStage();
		await target.stop('blue');
		const before = await bed.leftovers();
		for (const fault of ['crash', 'hang', 'freeze'] as const) {
			await expect(target.inject(NAME, fault)).rejects.toMatchObject({ code: 'FAULT_IMPOSSIBLE' });
		}
		await sleep(50);
		expect(await bed.leftovers()).toEqual(before);
	});
}
