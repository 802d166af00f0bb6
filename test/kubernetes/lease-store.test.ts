import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MonotonicClock, systemClock } from '../../src/lib/adapters/clock.ts';
import { leaseDefaults } from '../../src/lib/config/target-defaults.ts';
import { annotation, namesOf } from '../../src/lib/kubernetes/names.ts';
import { type ApiProxy, startApiProxy } from '../support/api-proxy.ts';
import { describeWithKubernetes, testKubeconfig } from '../support/describe-with-kubernetes.ts';
import { type KubernetesPlace, leaseStoreAt, openKubernetesLeaseStore } from '../support/kubernetes-leases.ts';
import { describeLeaseStore, type LeaseStoreBed } from '../support/lease-store-contract.ts';
import { contend } from '../support/lease-store-process.ts';
import { createTestNamespace, type TestNamespace } from '../support/test-namespace.ts';
import { until } from '../support/until.ts';

/** client-node gives a text where its types have a date. */
const timeOf = (time: Date | undefined) => new Date(time!).getTime();

const SEATS = ['active', 'active/0', 'active/1'];

describeWithKubernetes('leases of a cluster', () => {
	let namespace: TestNamespace;
	let proxy: ApiProxy;
	let folder: string;
	let proxied: string;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-lease-'));
		namespace = await createTestNamespace(testKubeconfig!);
		proxy = await startApiProxy(await readFile(testKubeconfig!, 'utf8'));
		proxied = join(folder, 'kubeconfig');
		await writeFile(proxied, proxy.kubeconfig);
	});
	afterAll(async () => {
		await proxy?.close();
		await namespace?.remove();
		await rm(folder, { recursive: true });
	});

	/** An environment of its own. */
	const place = (): KubernetesPlace => ({
		...{ kubeconfig: proxied, namespace: namespace.name, prefix: `p${randomBytes(4).toString('hex')}`, answerMs: 10_000 },
		watches: false,
	});

	const create = async (clock: MonotonicClock): Promise<LeaseStoreBed> => {
		const own = place();
		const store = leaseStoreAt(own);
		await store.createLeases(SEATS);
		store.close();
		return {
			open: (other = clock, busyMs = own.answerMs) => leaseStoreAt({ ...own, answerMs: busyMs }, other),
			contend: async (holder, other, forMs) => {
				const there = { kind: 'kubernetes', ...own, kubeconfig: testKubeconfig! } as const;
				return await contend(there, holder, other, folder, forMs);
			},
			stall: async (forMs) => {
				proxy.stall();
				const { promise, resolve } = Promise.withResolvers<void>();
				const timer = setTimeout(resolve, forMs);
				const over = promise.then(() => proxy.go());
				return {
					over,
					kill: () => {
						clearTimeout(timer);
						resolve();
					},
				};
			},
			remove: async () => {},
		};
	};

	describeLeaseStore({ name: 'Kubernetes', briefMs: 800, contendMs: 5000, create });

	describe('what is its own', () => {
		let now: number;
		const clock: MonotonicClock = { nowMs: () => now, bootId: '' };
		let own: KubernetesPlace;
		const opened: { close(): void }[] = [];
		const open = (options: Partial<KubernetesPlace> = {}, by = clock) => {
			const store = leaseStoreAt({ ...own, ...options }, by);
			opened.push(store);
			return store;
		};
		const watch = async (silentMs?: number) => {
			const store = await openKubernetesLeaseStore({ ...own, watches: true }, silentMs);
			opened.push(store);
			return store;
		};
		const readLease = async () =>
			await namespace.cluster.coordination.readNamespacedLease({ name: namesOf(own.prefix).lease('active'), namespace: namespace.name });

		beforeEach(async () => {
			now = 1000;
			own = place();
			await open().createLeases(['active']);
		});
		afterEach(() => {
			for (const store of opened.splice(0)) store.close();
		});

		it('writes what other tools read: holder, times, seconds, transitions', async () => {
			const before = Date.now();
			await open().acquire('active', 'blue/0@a1', 1500);
			const { spec, metadata } = await readLease();
			expect(spec).toMatchObject({ holderIdentity: 'blue/0@a1', leaseTransitions: 1, leaseDurationSeconds: 2 });
			expect(timeOf(spec!.renewTime)).toBeGreaterThanOrEqual(before);
			expect(spec!.acquireTime).toEqual(spec!.renewTime);
			expect(metadata!.annotations).toEqual({ [annotation.seat]: 'active', [annotation.ttlMs]: '1500' });
		});

		it('keeps the object, its labels and its transitions at a release', async () => {
			const store = open();
			await store.acquire('active', 'blue', 500);
			const before = await readLease();
			await store.release('active', 'blue', 1);
			const { spec, metadata } = await readLease();
			expect(spec).toMatchObject({ leaseTransitions: 1 });
			expect(spec!.holderIdentity).toBeUndefined();
			expect(metadata).toMatchObject({ uid: before.metadata!.uid, labels: before.metadata!.labels });
		});

		it('makes leases once: those that are there stay as they are', async () => {
			await open().acquire('active', 'blue', 500);
			await open().createLeases(['active', 'active/0']);
			expect(await open().acquire('active', 'green', 500)).toMatchObject({ granted: false, heldBy: 'blue' });
		});

		it('waits a ttl from its first look for a holder that was dead before, whatever its wall clock wrote', async () => {
			await open().acquire('active', 'blue', 500);
			now += 60_000;
			const late = open();
			expect(await late.acquire('active', 'green', 500)).toEqual({ granted: false, seat: 'active', heldBy: 'blue', remainingMs: 500 });
			now += 499;
			expect(await late.acquire('active', 'green', 500)).toMatchObject({ granted: false });
			now += 1;
			expect(await late.acquire('active', 'green', 500)).toMatchObject({ granted: true, token: 2 });
		});

		it('tells a user at once of a lease that is over by its own time', async () => {
			await open({}, systemClock()).acquire('active', 'blue', 50);
			await sleep(60);
			expect(await open().list()).toEqual([]);
			await open({}, systemClock()).acquire('active', 'blue', 60_000);
			const [record] = await open().list();
			expect(record).toMatchObject({ seat: 'active', holder: 'blue', token: 1 });
			expect(record!.remainingMs).toBeGreaterThan(50_000);
		});

		it('renews by one request, and hands over and releases by one', async () => {
			const store = open();
			await store.acquire('active', 'blue', 500);
			proxy.requests.length = 0;
			await store.renew('active', 'blue', 1, 500);
			await store.handOver('active', 'blue', 1, 'green', 500);
			await store.release('active', 'green', 2);
			expect(proxy.requests.map((request) => request.split(' ')[0])).toEqual(['PUT', 'PUT', 'PUT']);
		});

		it('leaves what others write on the object as it is, and is not thrown off by it', async () => {
			const store = open();
			await store.acquire('active', 'blue', 500);
			const lease = await readLease();
			lease.metadata!.annotations![annotation.roleChanges] = '[1]';
			lease.metadata!.labels!['example.org/team'] = 'plant';
			await namespace.cluster.coordination.replaceNamespacedLease({ name: lease.metadata!.name!, namespace: namespace.name, body: lease });
			now += 400;
			expect(await store.renew('active', 'blue', 1, 500)).toMatchObject({ granted: true });
			now += 499;
			expect(await store.renew('active', 'blue', 1, 500)).toMatchObject({ granted: true });
			expect((await readLease()).metadata).toMatchObject({
				annotations: { [annotation.roleChanges]: '[1]' },
				labels: { 'example.org/team': 'plant' },
			});
		});

		it('does not count a change that is no renewal as one', async () => {
			await open().acquire('active', 'blue', 500);
			const other = open();
			await other.acquire('active', 'green', 500);
			now += 300;
			const lease = await readLease();
			lease.metadata!.annotations![annotation.roleChanges] = '[1]';
			await namespace.cluster.coordination.replaceNamespacedLease({ name: lease.metadata!.name!, namespace: namespace.name, body: lease });
			expect(await other.acquire('active', 'green', 500)).toMatchObject({ granted: false, remainingMs: 200 });
		});

		it('counts from a renewal anew, even where the wall clock of its holder was set back', async () => {
			const [holder, other] = [open(), open()];
			await holder.acquire('active', 'blue', 500);
			const lease = await readLease();
			await other.acquire('active', 'green', 500);
			const { now: real } = Date;
			Date.now = () => real() - 3_600_000;
			try {
				now += 400;
				await holder.renew('active', 'blue', 1, 500);
				expect(timeOf((await readLease()).spec!.renewTime)).toBe(timeOf(lease.spec!.renewTime) + 1);
				expect(await other.acquire('active', 'green', 500)).toMatchObject({ granted: false, remainingMs: 500 });
			} finally {
				Date.now = real;
			}
		});

		describe('where somebody removes a Lease', () => {
			const removeLease = async () => {
				await namespace.cluster.coordination.deleteNamespacedLease({
					name: namesOf(own.prefix).lease('active'),
					namespace: namespace.name,
				});
			};

			it('grants nothing, and says what is missing; a release makes none', async () => {
				const store = open();
				await store.acquire('active', 'blue', 500);
				await removeLease();
				await expect(store.renew('active', 'blue', 1, 500)).rejects.toMatchObject({ code: 'LEASE_MISSING' });
				await expect(store.acquire('active', 'blue', 500)).rejects.toMatchObject({ code: 'LEASE_MISSING' });
				await expect(store.handOver('active', 'blue', 1, 'green', 500)).rejects.toMatchObject({ code: 'LEASE_MISSING' });
				await store.release('active', 'blue', 1);
				await expect(readLease()).rejects.toMatchObject({ code: 404 });
				// Who never saw it knows of nothing to lose.
				expect(await open().renew('active', 'blue', 1, 500)).toEqual({ granted: false, seat: 'active' });
			});

			it('leaves the seat to its holder, under the same token, when it is made anew', async () => {
				const [holder, other] = [open(), open()];
				await holder.acquire('active', 'blue', 500);
				await other.acquire('active', 'green', 500);
				await removeLease();
				await open().createLeases(['active']);
				now += 100;
				expect(await other.acquire('active', 'green', 500)).toMatchObject({ granted: false, heldBy: 'blue', remainingMs: 400 });
				expect(await holder.renew('active', 'blue', 1, 500)).toMatchObject({ granted: true, token: 1 });
				now += 400;
				expect(await other.acquire('active', 'green', 500)).toMatchObject({ granted: false, heldBy: 'blue', remainingMs: 500 });
				const { spec } = await readLease();
				expect(spec).toMatchObject({ holderIdentity: 'blue', leaseTransitions: 1 });
				expect(timeOf(spec!.acquireTime)).toBeGreaterThan(Date.now() - 60_000);
			});

			it('lets another in when the ttl of a holder that is silent has gone by, with a token that it never had', async () => {
				const [holder, other] = [open(), open()];
				for (const _ of [1, 2, 3]) {
					const grant = await holder.acquire('active', 'blue', 500);
					if (grant.granted) await holder.release('active', 'blue', grant.token);
				}
				await holder.acquire('active', 'blue', 500);
				await other.acquire('active', 'green', 500);
				await removeLease();
				await open().createLeases(['active']);
				now += 499;
				expect(await other.acquire('active', 'green', 500)).toMatchObject({ granted: false });
				now += 1;
				expect(await other.acquire('active', 'green', 500)).toMatchObject({ granted: true, token: 5 });
				expect(await holder.renew('active', 'blue', 4, 500)).toMatchObject({ granted: false, heldBy: 'green' });
			});

			it('with a watch: goes by what it saw last', async () => {
				const [pod, holder] = [await watch(), open({}, systemClock())];
				await holder.acquire('active', 'blue', 60_000);
				await until(async () => (await pod.list())[0]?.holder === 'blue', 'the watch tells of the holder');
				await removeLease();
				await until(async () => (await pod.list()).length === 0, 'the watch tells that it is gone');
				await expect(pod.acquire('active', 'green', 500)).rejects.toMatchObject({ code: 'LEASE_MISSING' });
				await open().createLeases(['active']);
				await until(async () => (await pod.list())[0]?.holder === 'blue', 'the watch tells of the one in its place');
				expect(await pod.acquire('active', 'green', 500)).toMatchObject({ granted: false, heldBy: 'blue' });
			});
		});

		it('with a watch: lists from memory, and sees changes of others', async () => {
			const [pod, other] = [await watch(), open({}, systemClock())];
			await other.acquire('active', 'blue', 60_000);
			await until(async () => (await pod.list())[0]?.holder === 'blue', 'the watch tells of the holder');
			proxy.requests.length = 0;
			for (let look = 0; look < 1000; look++) expect(await pod.list()).toHaveLength(1);
			// Where nothing was heard for a moment, it is asked.
			expect(proxy.requests.length).toBeLessThan(5);
			await other.release('active', 'blue', 1);
			await until(async () => (await pod.list()).length === 0, 'the watch tells that the seat is free');
		});

		it('with a watch: throws where nothing was heard for too long, and comes back', async () => {
			const pod = await watch(600);
			await sleep(1500);
			await until(
				() =>
					pod.list().then(
						({ length }) => length === 0,
						() => false,
					),
				'it is in touch, also where nothing has changed for longer than that',
			);
			proxy.stall();
			try {
				await sleep(900);
				await expect(pod.list()).rejects.toMatchObject({ code: 'CLUSTER_OUT_OF_TOUCH' });
			} finally {
				proxy.go();
			}
			await until(
				() =>
					pod.list().then(
						() => true,
						() => false,
					),
				'the store answers again',
			);
		});

		it('with a watch: what broke the connection is made good by another', async () => {
			const [pod, other] = [await watch(), open({}, systemClock())];
			for (let round = 1; round <= 3; round++) {
				proxy.cut();
				await until(async () => (await other.acquire('active', `blue-${round}`, 60_000).catch(() => null))?.granted === true, 'granted');
				await until(async () => (await pod.list())[0]?.holder === `blue-${round}`, 'the watch tells of it');
				await other.release('active', `blue-${round}`, round);
			}
		});

		it('turned away by a busy server: comes again within its time, else says so', async () => {
			const store = open();
			proxy.throttle(0.5);
			try {
				for (let round = 0; round < 10; round++) expect(await store.acquire('active', 'blue', 500)).toMatchObject({ granted: true });
				proxy.throttle(1, '30');
				await expect(store.renew('active', 'blue', 1, 500)).rejects.toMatchObject({ code: 'CLUSTER_BUSY' });
			} finally {
				proxy.throttle(0);
			}
		});

		it('is quick: medians of what a role needs', async () => {
			const direct = { ...own, kubeconfig: testKubeconfig!, watches: true };
			const [holder, spare] = [await openKubernetesLeaseStore(direct), await openKubernetesLeaseStore(direct)];
			opened.push(holder, spare);
			const spent: Record<string, number[]> = {
				acquire: [],
				renew: [],
				'hand over': [],
				'hand-over to seen': [],
				'release to seen free': [],
			};
			const time = async <T>(what: string, work: () => Promise<T>) => {
				const begun = performance.now();
				const result = await work();
				spent[what]!.push(performance.now() - begun);
				return result;
			};
			const seen = async (store: typeof spare, who: string | undefined) => {
				while ((await store.list())[0]?.holder !== who) await sleep(1);
			};
			for (let round = 0; round < 30; round++) {
				const grant = await time('acquire', () => holder.acquire('active', 'blue', 60_000));
				if (!grant.granted) throw new Error(`${grant.heldBy} holds it`);
				await time('renew', () => holder.renew('active', 'blue', grant.token, 60_000));
				await seen(spare, 'blue');
				const handed = await time('hand-over to seen', async () => {
					const answer = await time('hand over', () => holder.handOver('active', 'blue', grant.token, 'green', 60_000));
					await seen(spare, 'green');
					return answer;
				});
				if (!handed.granted) throw new Error('not handed over');
				await time('release to seen free', async () => {
					await spare.release('active', 'green', handed.token);
					await seen(holder, undefined);
				});
			}
			const median = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
			const text = Object.entries(spent).map(([what, times]) => `${what} ${median(times).toFixed(1)} ms`);
			process.stdout.write(`leases of a cluster, medians of 30: ${text.join(', ')}\n`);
			// What takes longer than that leaves no time to try again within a lease.
			for (const times of Object.values(spent)) expect(median(times)).toBeLessThan(leaseDefaults.kubernetes.retryMs);
		});
	});
});
