import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Target } from '../../src/lib/targets/target.ts';
import type { Opening, TargetBed } from './target-bed.ts';
import { faultTests } from './target-faults.ts';
import { releaseSnapshot } from './target-release.ts';
import { Stage, stillRunning } from './target-stage.ts';
import { until } from './until.ts';

const silent = () => {};

/** What takes longer: other faults, several instances in a slot, hands that end what runs, environments beside each other. */
export function thoroughTests(makeBed: () => Promise<TargetBed>): void {
	let beds: TargetBed[];
	let open: Target[];
	beforeEach(() => {
		[beds, open] = [[], []];
	});
	afterEach(async () => {
		for (const target of open) target.close();
		for (const bed of beds) await bed.dispose();
	}, 180_000);

	async function stageOf(opening?: Opening): Promise<Stage> {
		const bed = await makeBed();
		beds.push(bed);
		const target = await bed.open(opening);
		open.push(target);
		return new Stage(bed, target);
	}

	describe('faults', () => {
		let stage: Stage;
		const filled = async () => {
			stage = await stageOf();
			await stage.prepare('blue', await releaseSnapshot('one'));
		};
		faultTests(() => stage, filled, ['freeze', 'store-loss', 'eviction']);
	});

	it('two instances that both serve have seats of their own; only the one that ended is started again', async () => {
		const stage = await stageOf({ environment: { mode: 'load-balanced', instances: 2 } });
		const { target, bed } = stage;
		await stage.prepare('blue', await releaseSnapshot('one'));
		const names = (await target.instances('blue')).map(({ name }) => name);
		expect(names).toEqual(['blue/0', 'blue/1']);
		const [first, second] = [await stage.activate('blue/0'), await stage.activate('blue/1')];
		expect((await stage.leases()).map(([seat]) => seat)).toEqual(['active/0', 'active/1']);
		await target.startRouter();
		await target.router.route([first, second].map(({ instance, url }) => ({ instance, url: url as string })));
		const asked = async () => new Set(await Promise.all(Array.from({ length: 8 }, () => stage.ask('/who'))));
		await stage.until(async () => (await asked()).size === 2, 'both answer');
		expect([...(await asked())].every((name) => names.includes(name))).toBe(true);
		const processes = await bed.running('blue/1');
		await target.kill('blue/1');
		await stage.until(async () => (await stillRunning(bed, processes)).length === 0, 'Node-RED ends with its runner');
		await target.start('blue', silent);
		expect(await stage.status('blue/0')).toMatchObject({ holder: first.holder, state: 'active', lease: first.lease });
		expect((await stage.status('blue/1')).holder).not.toBe(second.holder);
		await target.discard('blue');
		await target.stopRouter();
		expect(await bed.leftovers()).toEqual([]);
	});

	// Where the place starts a killed runner again sooner than its lease ends, that one finds the seat free in the same moment as a warm spare.
	it.each([
		['warm', ['blue/1', 'blue/0']],
		['hot', ['blue/1']],
	] as const)(
		'when the runner of the active one is killed, the seat and the traffic are taken over: with a spare that is %s, by %j',
		async (spare, mayFollow) => {
			const stage = await stageOf({ environment: { instances: 2 } });
			const { target, bed } = stage;
			await stage.prepare('blue', await releaseSnapshot('one'), { spare });
			const before = await stage.serve('blue/0');
			await target.journal.setServingSlot('blue'); // from now on it is theirs to take over
			if (spare === 'hot') await stage.until(async () => (await stage.status('blue/1')).state === 'gated', 'the spare is hot');
			await bed.killRunner('blue/0');
			const successor = async () => {
				const statuses = await Promise.all((await target.instances('blue')).map((instance) => instance.status()));
				return statuses.find((status) => status?.state === 'active' && status.holder !== before.holder) ?? null;
			};
			await stage.until(async () => (await successor()) !== null, 'another one is active');
			const { instance, lease } = (await successor()) as InstanceStatus;
			expect(mayFollow).toContain(instance);
			expect(lease?.token).toBeGreaterThan(before.lease?.token as number);
			await stage.until(async () => (await bed.fetch('/who').then((response) => response.text())) === instance, 'it has the traffic');
			const [change] = await target.failover.changes(1);
			expect(change).toMatchObject({ instance, before: 'blue/0', role: 'active', cause: 'silent' });
		},
	);

	it('a start waits for a Node-RED that its runner is starting again, and leaves the runner alone', async () => {
		const stage = await stageOf();
		const { target } = stage;
		await stage.prepare('blue', await releaseSnapshot('one'));
		const { holder } = await stage.status('blue/0');
		const injection = await target.inject('blue/0', 'crash');
		await stage.until(async () => (await stage.status('blue/0')).state === 'starting', 'its Node-RED has ended');
		await target.start('blue', silent);
		expect(await stage.status('blue/0')).toMatchObject({ state: 'standby', holder, crashes: 1 });
		await injection.undo();
	});

	it('an active instance that is told to stand by between two Node-REDs does so, and comes up as it should', async () => {
		const stage = await stageOf();
		const { target } = stage;
		await stage.prepare('blue', await releaseSnapshot('one'));
		await stage.activate('blue/0');
		const injection = await target.inject('blue/0', 'crash');
		await stage.until(async () => (await stage.status('blue/0')).state === 'starting', 'its Node-RED has ended');
		const blue = await stage.instance('blue/0');
		await blue.demote({ handOverTo: null, timeoutMs: 5000 });
		const { state, lease } = await stage.status('blue/0');
		expect([['starting', 'standby'], null]).toEqual([expect.arrayContaining([state]), lease]);
		expect((await blue.validate(60_000)).rev).toBe(await target.rev('blue'));
		expect(await stage.status('blue/0')).toMatchObject({ state: 'standby', lease: null, crashes: 1 });
		await injection.undo();
	});

	it('what was ended or taken away by hand comes back with a start', async () => {
		const stage = await stageOf();
		const { target, bed } = stage;
		await stage.prepare('blue', await releaseSnapshot('one'));
		for (const byHand of [bed.stopByHand, ...(bed.removeByHand ? [bed.removeByHand] : [])]) {
			const before = await stage.serve('blue/0');
			const processes = await bed.running('blue/0');
			await byHand('blue/0');
			expect(await stillRunning(bed, processes)).toEqual([]);
			expect(await (await stage.instance('blue/0')).status()).toBeNull();
			await target.start('blue', silent);
			const after = await stage.serve('blue/0');
			expect(after.holder).not.toBe(before.holder);
			expect(await stage.ask('/call')).toContain('Basic ');
		}
	});

	it('a Node-RED that ends again and again is given up, and the other slot goes on', async () => {
		const stage = await stageOf();
		const { target, bed } = stage;
		await stage.prepare('blue', await releaseSnapshot('one'));
		const blue = await stage.serve('blue/0');
		const before = await bed.running();
		const timeouts = { ...bed.environment.timeouts, startMs: 60_000 };
		const other = await bed.open({ environment: { timeouts, variables: { NODE_OPTIONS: '--require=/nothing/is/here.cjs' } } });
		open.push(other);
		const failure = await stage.prepare('green', await releaseSnapshot('two'), { target: other }).catch((error: unknown) => error);
		expect(failure).toMatchObject({ code: 'INSTANCE_NOT_STANDING', message: expect.stringContaining('green/0') });
		expect((await stage.log('green/0')).some((line) => line.from === 'node-red' && line.text.includes('/nothing/is/here.cjs'))).toBe(true);
		await until(async () => (await bed.running('green/0')).length === 0, 'nothing of it runs');
		expect(await bed.running()).toEqual(before);
		expect((await stage.status('blue/0')).holder).toBe(blue.holder);
		expect(await stage.ask('/version')).toBe('one');
		await target.discard('green');
	});

	it('environments beside each other do not touch each other', async () => {
		const [mine, theirs] = [await stageOf(), await stageOf()];
		await mine.prepare('blue', await releaseSnapshot('mine'));
		await theirs.prepare('blue', await releaseSnapshot('theirs'));
		await mine.serve('blue/0');
		await theirs.serve('blue/0');
		const before = await theirs.standing();
		expect(await mine.ask('/version')).toBe('mine');
		await mine.target.kill('blue/0');
		await mine.target.stop('blue');
		await mine.target.discard('blue');
		await mine.target.stopRouter();
		expect(await mine.bed.leftovers()).toEqual([]);
		expect(await theirs.standing()).toEqual(before);
		expect(await theirs.ask('/version')).toBe('theirs');
	});
}
