import { setTimeout as sleep } from 'node:timers/promises';
import { revOf } from '../../src/lib/node-red/rev.ts';
import type { Snapshot } from '../../src/lib/snapshot/snapshot.ts';
import type { Target } from '../../src/lib/targets/target.ts';
import type { NpmRegistry } from './npm-registry.ts';
import { secrets, type TargetBed } from './target-bed.ts';
import { faultTests } from './target-faults.ts';
import { missingModule, releaseSnapshot, shoutModule, startContractRegistry } from './target-release.ts';
import { Stage, stillRunning, textOf } from './target-stage.ts';
import { thoroughTests } from './target-thorough.ts';
import { until } from './until.ts';
import { testVault } from './vault.ts';

const silent = () => {};
const CALL_MS = 20_000;
/** A lease ends by the clock; who looks may be late. */
const LATE_MS = 500;

/**
 * What every target must do, wherever its instances run: the promises of target.ts, instance.ts, fault.ts, logs.ts and router.ts. The
 * tests of a describe share one environment, in which a start of Node-RED takes seconds; each brings it first to where it begins.
 * @param cases `thorough`: those that take longer, and no others
 */
export function describeTarget(name: string, makeBed: () => Promise<TargetBed>, cases: 'everyday' | 'thorough' = 'everyday'): void {
	if (cases === 'thorough') describe(`target contract, thoroughly: ${name}`, () => thoroughTests(makeBed));
	else describe(`target contract: ${name}`, () => describeEveryDay(makeBed));
}

function describeEveryDay(makeBed: () => Promise<TargetBed>): void {
	let registry: NpmRegistry;
	let bed: TargetBed;
	let target: Target;
	let stage: Stage;
	let one: Snapshot;
	let two: Snapshot;

	beforeAll(async () => {
		[registry, bed, one, two] = await Promise.all([
			startContractRegistry(),
			makeBed(),
			releaseSnapshot('one', [shoutModule]),
			releaseSnapshot('two'),
		]);
		target = await bed.open();
		stage = new Stage(bed, target);
	}, 180_000);
	afterAll(async () => {
		target?.close();
		await bed?.dispose();
		await registry?.stop();
	}, 180_000);

	/** With blue filled with the first release, and green with the second. */
	async function bothFilled(): Promise<void> {
		if ((await target.journal.slots()).blue?.snapshot !== one.id) await stage.prepare('blue', one);
		if ((await target.journal.slots()).green?.snapshot !== two.id) await stage.prepare('green', two);
		for (const slot of ['blue', 'green'] as const) await target.start(slot, silent);
	}

	async function withOpen<T>(opening: Parameters<TargetBed['open']>[0], work: (other: Target) => Promise<T>): Promise<T> {
		const other = await bed.open(opening);
		try {
			return await work(other);
		} finally {
			other.close();
		}
	}

	describe('an environment where nothing was promoted yet', () => {
		it('has nothing, runs nothing, and serves nothing', async () => {
			expect(await target.instances('blue')).toEqual([]);
			expect(await target.journal.slots()).toEqual({ blue: null, green: null });
			expect(await target.leases.list()).toEqual([]);
			expect(await target.router.status()).toBeNull();
			expect(await stage.log('blue/0')).toEqual([]);
			expect(await bed.leftovers()).toEqual([]);
		});

		it('has nothing that could be started, stopped, killed or discarded, and that is no error', async () => {
			await target.start('blue', silent);
			await target.stop('blue');
			await target.kill('blue/0');
			await target.discard('blue');
			await target.stopRouter();
			await target.unlock('blue');
			expect(await bed.leftovers()).toEqual([]);
		});

		it('opens what a snapshot holds, and refuses a wrong passphrase before anything is changed', async () => {
			await target.unlock(one);
			await withOpen({ vault: testVault('another passphrase') }, async (other) => {
				await expect(other.unlock(one)).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' });
				await expect(stage.prepare('blue', one, { target: other })).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' });
			});
			await withOpen({ vault: testVault() }, async (other) => {
				await expect(other.unlock(one)).rejects.toMatchObject({ code: 'PASSPHRASE_MISSING' });
			});
			expect(await target.journal.slots()).toEqual({ blue: null, green: null });
			expect(await bed.leftovers()).toEqual([]);
		});
	});

	describe('a slot that is filled', () => {
		it('has its release, and instances that stand by, with everything loaded and no flows running', async () => {
			const module = `${shoutModule.name}@${shoutModule.version}`;
			expect(await target.installs(one)).toContain(module);
			const { number, told } = await stage.prepare('blue', one);
			expect(told.length).toBeGreaterThan(0);
			expect(await target.installs(one)).toEqual([]);
			expect((await target.journal.slots()).blue).toMatchObject({ number, snapshot: one.id });
			expect((await target.instances('blue')).map((instance) => instance.name)).toEqual(['blue/0']);
			const status = await stage.status('blue/0');
			expect(status).toMatchObject({ instance: 'blue/0', state: 'standby', seat: 'active', lease: null, crashes: 0 });
			expect(status).toMatchObject({ nodeRed: one.content.nodeRed.version, probes: null, primary: null, following: null });
			await until(async () => (await stage.status('blue/0')).drifted === false, 'it tells that it has loaded what its release is');
			expect(await target.leases.list()).toEqual([]);
			const instance = await stage.instance('blue/0');
			const rev = revOf(one.content.flows);
			expect(await instance.validate(CALL_MS)).toMatchObject({ rev, missingTypes: [], missingModules: [], brokenFunctions: [] });
			expect([await target.rev('blue'), await target.rev('green')]).toEqual([rev, null]);
			// Whoever sends traffic to it gets no answer of the flows.
			if (status.url === null) return;
			await target.startRouter();
			await target.router.route([{ instance: 'blue/0', url: status.url }]);
			const answer = await bed.fetch('/version');
			expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('Cannot GET /version')]);
		});

		it('runs its flows once it is active: under a lease, and with the traffic that the router sends', async () => {
			await bothFilled();
			const before = await stage.status('blue/0');
			const status = await stage.serve('blue/0');
			expect(status).toMatchObject({ instance: 'blue/0', holder: before.holder, state: 'active' });
			expect(await stage.leases()).toEqual([['active', status.holder, status.lease?.token]]);
			expect(await stage.ask('/version')).toBe('one');
			expect(await stage.ask('/who')).toBe('blue/0');
			expect((await target.router.status())?.traffic).toEqual({
				state: 'flowing',
				upstreams: [{ instance: 'blue/0', url: status.url }],
			});
			// Again changes nothing.
			await (await stage.instance('blue/0')).activate(CALL_MS);
			expect(await stage.leases()).toEqual([['active', status.holder, status.lease?.token]]);
		});

		it('has its palette', async () => {
			await bothFilled();
			await stage.serve('blue/0');
			expect(await stage.ask('/shout?word=moin')).toBe('MOIN');
		});

		it("has the environment's variables, and its credentials over those of the release; nothing at rest has them", async () => {
			await bothFilled();
			await stage.serve('blue/0');
			expect(await stage.ask('/key')).toBe(secrets.variable);
			expect(await stage.ask('/call')).toBe(`Basic ${Buffer.from(`${secrets.user}:${secrets.password}`).toString('base64')}`);
			expect((await bed.secretsAtRest?.(Object.values(secrets))) ?? []).toEqual([]);
		});

		it('is left alone by a start, where all of it runs', async () => {
			await bothFilled();
			await stage.serve('blue/0');
			const before = await stage.standing();
			await target.start('blue', silent);
			await target.start('green', silent);
			expect(await stage.standing()).toEqual(before);
		});

		it('is the same for everybody who opens the environment, and outlives them', async () => {
			await bothFilled();
			await stage.serve('blue/0');
			const before = await stage.standing();
			await withOpen({}, async (other) => {
				expect(await new Stage(bed, other).standing()).toEqual(before);
				expect(await other.leases.acquire('promotion', 'somebody else', 10_000)).toMatchObject({ granted: true });
				expect(await target.leases.acquire('promotion', 'me', 10_000)).toMatchObject({ granted: false, heldBy: 'somebody else' });
				const token = (await stage.leases()).find(([seat]) => seat === 'promotion')?.[2];
				await other.leases.release('promotion', 'somebody else', token as number);
				await other.journal.setServingSlot('blue');
				expect(await target.journal.servingSlot()).toBe('blue');
				// Instances of a slot that serves may take a seat by themselves.
				await other.journal.setServingSlot(null);
				await target.failover.pause({ by: 'me', since: '2026-01-02T03:04:05.000Z', until: null, reason: 'asked' });
				expect((await other.failover.intent()).paused?.by).toBe('me');
				await other.failover.resume();
			});
			await withOpen({}, async (other) => {
				expect(await new Stage(bed, other).standing()).toEqual(before);
			});
			expect(await stage.ask('/version')).toBe('one');
		});
	});

	describe('an environment that somebody else has taken over', () => {
		const orders: [string, (guarded: Stage) => Promise<unknown>][] = [
			// Not even what could not be installed is tried.
			['prepare', async (guarded) => guarded.prepare('green', await releaseSnapshot('three', [missingModule]))],
			['start', ({ target: guarded }) => guarded.start('green', silent)],
			['stop', ({ target: guarded }) => guarded.stop('green')],
			['kill', ({ target: guarded }) => guarded.kill('green/0')],
			['discard', ({ target: guarded }) => guarded.discard('green')],
			['inject', ({ target: guarded }) => guarded.inject('green/0', 'crash')],
			['startRouter', ({ target: guarded }) => guarded.startRouter()],
			['stopRouter', ({ target: guarded }) => guarded.stopRouter()],
			['hold', ({ target: guarded }) => guarded.router.hold({ maxMs: 1000, maxRequests: 10 })],
			['route', ({ target: guarded }) => guarded.router.route([])],
			['activate', async (guarded) => (await guarded.instance('green/0')).activate(1000)],
			['quiesce', async (guarded) => (await guarded.instance('blue/0')).quiesce(1000)],
			['demote', async (guarded) => (await guarded.instance('blue/0')).demote({ handOverTo: null, timeoutMs: 1000 })],
			['resign', async (guarded) => (await guarded.instance('blue/0')).resign('asked', 1000)],
		];

		it('is changed by none of the orders of whoever had it before', async () => {
			await bothFilled();
			await stage.serve('blue/0');
			const before = await stage.standing();
			await withOpen({}, async (other) => {
				other.guard(async () => {
					throw new Error('taken over');
				});
				for (const [order, give] of orders) {
					const outcome = await give(new Stage(bed, other)).then(
						() => 'done',
						(error: Error) => error.message,
					);
					expect([order, outcome]).toEqual([order, expect.stringContaining('taken over')]);
				}
				expect((await (await new Stage(bed, other).instance('blue/0')).status())?.state).toBe('active');
				// The releases' numbers are counted on, whoever asks for one; all else is as it was.
				expect(await stage.standing()).toEqual(before);
			});
		});
	});

	describe('the router', () => {
		it('has requests wait while it holds, and answers them all from where it then sends them', async () => {
			await bothFilled();
			const { url } = await stage.serve('blue/0');
			const failed = (await target.router.status())?.totals.failed;
			await target.router.hold({ maxMs: 20_000, maxRequests: 100 });
			const answers = Array.from({ length: 20 }, async () => {
				const response = await bed.fetch('/version');
				return `${response.status} ${await response.text()}`;
			});
			await until(async () => (await target.router.status())?.waiting === 20, '20 requests wait');
			expect((await target.router.status())?.traffic).toMatchObject({ state: 'held', waiting: 20 });
			await target.router.route([{ instance: 'blue/0', url: url as string }]);
			expect(new Set(await Promise.all(answers))).toEqual(new Set(['200 one']));
			expect(await target.router.status()).toMatchObject({ waiting: 0, totals: { failed } });
		});

		it('has its traffic as it was ordered when it was killed and is started again; one that was stopped has forgotten it', async () => {
			await bothFilled();
			const { url } = await stage.serve('blue/0');
			const traffic = (await target.router.status())?.traffic;
			await target.startRouter(); // it runs
			expect((await target.router.status())?.traffic).toEqual(traffic);
			await bed.killRouter();
			await target.startRouter();
			await until(async () => (await target.router.status())?.traffic.state === 'flowing', 'its traffic flows again');
			expect((await target.router.status())?.traffic).toEqual(traffic);
			expect(await stage.ask('/version')).toBe('one');
			await target.stopRouter();
			expect(await target.router.status()).toBeNull();
			const isRefused = () =>
				bed.fetch('/version').then(
					() => false,
					() => true,
				);
			await until(isRefused, 'nobody answers');
			await target.stopRouter();
			await target.startRouter();
			expect((await target.router.status())?.traffic).toEqual({ state: 'closed' });
			await target.router.route([{ instance: 'blue/0', url: url as string }]);
			expect(await stage.ask('/version')).toBe('one');
		});

		it('refuses what there is nobody to answer', async () => {
			await bothFilled();
			await stage.serve('blue/0');
			await target.router.route([]);
			const response = await bed.fetch('/version');
			expect([response.status, response.headers.has('retry-after')]).toEqual([503, true]);
		});
	});

	describe('logs', () => {
		it('have what the runner and what Node-RED wrote, and the last lines of it', async () => {
			await bothFilled();
			await stage.serve('blue/0');
			await stage.ask('/say?word=heard-in-the-log');
			await until(async () => (await stage.log('blue/0')).some((line) => textOf(line).includes('heard-in-the-log')), 'the word is logged');
			const lines = await stage.log('blue/0');
			expect(new Set(lines.map(({ instance }) => instance))).toEqual(new Set(['blue/0']));
			expect(lines.find((line) => textOf(line).includes('heard-in-the-log'))?.from).toBe('node-red');
			const ofRunner = lines.find((line) => line.from === 'runner');
			expect(Number.isNaN(Date.parse(ofRunner?.from === 'runner' ? ofRunner.time : ''))).toBe(false);
			expect(await stage.log('blue/0', 2)).toEqual(lines.slice(-2));
			expect(await stage.log('blue/0', 0)).toEqual([]);
			expect((await stage.log('green/0')).some((line) => textOf(line).includes('heard-in-the-log'))).toBe(false);
			expect(await stage.log('blue/9')).toEqual([]);
		});

		it('go on with what is written, until that is aborted', async () => {
			await bothFilled();
			await stage.serve('blue/0');
			const abort = new AbortController();
			const seen: string[] = [];
			const reading = (async () => {
				for await (const line of target.logs('blue/0', { tail: 0, follow: abort.signal })) seen.push(textOf(line));
			})();
			const word = 'heard-while-following';
			const isSeen = async () => {
				await stage.ask(`/say?word=${word}`);
				await sleep(100);
				return seen.some((text) => text.includes(word));
			};
			await until(isSeen, 'the word is seen');
			expect(seen.some((text) => text.includes('heard-in-the-log'))).toBe(false);
			abort.abort();
			await reading;
			const count = seen.length;
			await stage.ask(`/say?word=${word}`);
			await sleep(300);
			expect(seen).toHaveLength(count);
		});
	});

	describe('two instances of one seat', () => {
		it('are never both active', async () => {
			await bothFilled();
			const blue = await stage.serve('blue/0');
			const green = await stage.instance('green/0');
			await expect(green.activate(3000)).rejects.toMatchObject({ code: 'SEAT_TAKEN' });
			expect(await green.status()).toMatchObject({ state: 'standby', lease: null });
			expect(await stage.leases()).toEqual([['active', blue.holder, blue.lease?.token]]);
			expect(await stage.ask('/version')).toBe('one');
		});

		it('pass the lease on, and the context; the one that was active stays warm', async () => {
			await bothFilled();
			const before = await stage.serve('blue/0');
			const { n } = JSON.parse(await stage.ask('/count')) as { n: number };
			const [blue, green] = [await stage.instance('blue/0'), await stage.instance('green/0')];
			const { holder } = await stage.status('green/0');
			expect((await blue.quiesce(CALL_MS)).stuck).toEqual([]);
			expect((await blue.status())?.state).toBe('quiesced');
			expect((await blue.drain(CALL_MS)).drained).toBe(true);
			const { values } = await blue.exportContext({ except: [], maxBytes: 1_000_000, timeoutMs: CALL_MS });
			await green.importContext(values, CALL_MS);
			await blue.demote({ handOverTo: holder, timeoutMs: CALL_MS });
			// Nobody can have been in between.
			expect(await stage.leases()).toEqual([['active', holder, (before.lease?.token as number) + 1]]);
			await green.activate(CALL_MS);
			await target.router.route([{ instance: 'green/0', url: (await stage.status('green/0')).url as string }]);
			expect(await stage.ask('/version')).toBe('two');
			expect(JSON.parse(await stage.ask('/count'))).toEqual({ n: n + 1 });
			expect(await blue.status()).toMatchObject({ state: 'standby', holder: before.holder, childPid: before.childPid, lease: null });
		});
	});

	describe('a release that cannot be prepared', () => {
		it('for a module that nobody has: says so, and leaves both slots as they are', async () => {
			await bothFilled();
			await stage.serve('blue/0');
			const before = await stage.standing();
			const release = await releaseSnapshot('three', [missingModule]);
			const failure = await stage.prepare('green', release).catch((error: unknown) => error);
			expect(failure).toMatchObject({ code: 'MODULE_NOT_FOUND', message: expect.stringContaining(missingModule.name) });
			expect(await stage.standing()).toEqual(before);
			expect(await target.installs(release)).toContain(`${missingModule.name}@${missingModule.version}`);
		});

		it('for an instance that does not come up in time: says which, leaves nothing of it running, and the other slot as it is', async () => {
			await bothFilled();
			const blue = await stage.serve('blue/0');
			await target.discard('green');
			const before = await bed.running();
			const startMs = 1;
			await withOpen({ environment: { timeouts: { ...bed.environment.timeouts, startMs } } }, async (other) => {
				const failure = await stage.prepare('green', two, { target: other }).catch((error: unknown) => error);
				expect(failure).toMatchObject({ code: 'INSTANCE_NOT_STANDING', message: expect.stringContaining('green/0') });
			});
			await until(async () => (await bed.running()).length <= before.length, 'what was started has ended');
			expect(await bed.running()).toEqual(before);
			expect(await stage.status('blue/0')).toMatchObject({ holder: blue.holder, lease: blue.lease, state: 'active' });
			expect(await stage.ask('/version')).toBe('one');
			await target.discard('green');
		});
	});

	describe('a slot that is filled again', () => {
		it('has what it was filled with last, and nothing of before', async () => {
			await bothFilled();
			await stage.serve('blue/0');
			const stale = (await stage.status('green/0')).holder;
			const before = await bed.running();
			const three = await releaseSnapshot('three');
			await stage.prepare('green', three);
			const release = await target.journal.createRelease(three.id);
			await target.prepare({ slot: 'green', release }, three, silent);
			await target.prepare({ slot: 'green', release }, three, silent);
			expect((await target.journal.slots()).green).toMatchObject({ number: release.number, snapshot: three.id });
			expect(await target.instances('green')).toHaveLength(1);
			expect((await stage.status('green/0')).holder).not.toBe(stale);
			expect((await bed.running()).length).toBe(before.length);
			expect(await stage.ask('/version')).toBe('one');
			await stage.serve('green/0');
			expect(await stage.ask('/version')).toBe('three');
		});
	});

	describe('a slot that is stopped', () => {
		it('runs nothing and is filled still; it starts again for whoever can open its credentials, and needs nothing else', async () => {
			await bothFilled();
			await stage.serve('green/0');
			await target.stop('green');
			const others = await bed.running();
			await target.start('green', silent);
			const before = await stage.serve('green/0');
			await target.stop('green');
			expect(await bed.running()).toEqual(others);
			expect(await (await stage.instance('green/0')).status()).toBeNull();
			expect(await target.leases.list()).toEqual([]);
			expect((await target.journal.slots()).green?.snapshot).toBe(two.id);
			await withOpen({ vault: testVault('another passphrase') }, async (other) => {
				await expect(other.unlock('green')).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' });
				await expect(other.start('green', silent)).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' });
				// Who runs needs no passphrase.
				await other.unlock('blue');
				await other.start('blue', silent);
			});
			expect(await bed.running()).toEqual(others);
			await target.unlock('green');
			await target.start('green', silent);
			const after = await stage.serve('green/0');
			expect(after.holder).not.toBe(before.holder);
			expect(after.lease?.token).toBeGreaterThan(before.lease?.token as number);
			expect(await stage.ask('/call')).toContain('Basic ');
			expect(await stage.ask('/version')).toBe('two');
		});
	});

	describe('an instance', () => {
		/** Its status while it serves, and its processes. */
		async function serving(name: string) {
			await bothFilled();
			const { holder, lease } = await stage.serve(name);
			const processes = await bed.running(name);
			expect(processes.length).toBeGreaterThan(0);
			return { holder, token: lease?.token as number, processes };
		}

		it('whose runner is killed takes its Node-RED along; its lease ends by itself, and another may have the seat', async () => {
			const { holder, token, processes } = await serving('blue/0');
			await bed.killRunner('blue/0');
			const killed = performance.now();
			await until(async () => (await stillRunning(bed, processes)).length === 0, 'Node-RED ends with its runner');
			await stage.untilFree(holder, bed.environment.lease.ttlMs + LATE_MS - (performance.now() - killed));
			const green = await stage.serve('green/0');
			expect(green.lease?.token).toBeGreaterThan(token);
			expect(await stage.ask('/version')).toBe('two');
			await target.start('blue', silent);
			expect(await stage.status('blue/0')).toMatchObject({ state: 'standby', lease: null });
			expect((await stage.status('blue/0')).holder).not.toBe(holder);
			expect((await stage.status('green/0')).holder).toBe(green.holder);
		});

		it('whose runner stands still is killed, and gives no lease up by that', async () => {
			const { holder, processes } = await serving('green/0');
			await bed.freezeRunner('green/0');
			const frozen = performance.now();
			await target.kill('green/0');
			// The kernel ends a child when its parent has ended, a moment later.
			await until(async () => (await stillRunning(bed, processes)).length === 0, 'nothing of it runs');
			// Whoever looks later than a lease lasts could not tell.
			if (performance.now() - frozen < 1000) expect((await stage.leases()).map(([, each]) => each)).toEqual([holder]);
			await stage.untilFree(holder, bed.environment.lease.ttlMs + LATE_MS - (performance.now() - frozen));
			await target.kill('green/0');
		});
	});

	describe('faults', () => faultTests(() => stage, bothFilled, ['crash', 'hang', 'cut-off']));

	describe('a slot that is discarded', () => {
		it('leaves nothing but its log', async () => {
			await bothFilled();
			await stage.serve('blue/0');
			await target.discard('green');
			expect(await target.instances('green')).toEqual([]);
			expect((await target.journal.slots()).green).toBeNull();
			expect(await bed.running('green/0')).toEqual([]);
			expect(await stage.ask('/version')).toBe('one');
			expect((await stage.log('green/0')).length).toBeGreaterThan(0);
			await target.discard('green');
			await target.discard('blue');
			await target.stopRouter();
			expect(await target.leases.list()).toEqual([]);
			expect(await bed.leftovers()).toEqual([]);
		});
	});
}
