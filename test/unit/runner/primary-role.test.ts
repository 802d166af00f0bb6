import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrimaryMessage } from '../../../src/agent/protocol.ts';
import { openStateDatabase } from '../../../src/lib/adapters/state-database.ts';
import type { LeaseStore } from '../../../src/lib/lease/lease.ts';
import { leaseTables, SqliteLeaseStore } from '../../../src/lib/lease/sqlite-lease-store.ts';
import { PrimaryRole } from '../../../src/runner/primary-role.ts';

const timing = { ttlMs: 1200, renewDeadlineMs: 900, retryMs: 200 };
const sources = { timers: true, nodes: [], within: [], except: [] };

let directory: string;
let skewMs: number;
const clock = { nowMs: () => Math.floor(performance.now()) + skewMs, bootId: 'boot' };
let watcher: LeaseStore;
const stores: LeaseStore[] = [];
const roles: PrimaryRole[] = [];

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'flowferry-primary-'));
	skewMs = 0;
	watcher = open();
});
afterEach(async () => {
	for (const role of roles.splice(0)) await role.giveUp();
	for (const store of stores.splice(0)) store.close();
	await rm(directory, { recursive: true });
});

function open(): LeaseStore {
	const store = new SqliteLeaseStore(openStateDatabase(join(directory, 'state.db'), leaseTables), clock);
	stores.push(store);
	return store;
}

/** An instance's part of the election, with a connection of its own to the store. */
function role(instance: string, store = open()) {
	const told: PrimaryMessage[] = [];
	const logged: string[] = [];
	const options = { store, clock, instance, holder: `${instance}@1`, timing, sources };
	const elected = new PrimaryRole({ ...options, tell: (message) => told.push(message), log: (event) => logged.push(event) });
	roles.push(elected);
	return Object.assign(elected, { told, logged });
}

async function holder(): Promise<string | undefined> {
	return (await watcher.list()).find(({ seat }) => seat === 'primary')?.holder;
}

async function until(isSo: () => boolean): Promise<number> {
	const since = performance.now();
	while (!isSo() && performance.now() - since < 5000) await sleep(5);
	return performance.now() - since;
}

describe('the role of the primary', () => {
	it('is one instance’s, which the agents know before their flows start', async () => {
		const [one, other] = [role('blue/0'), role('blue/1')];
		await Promise.all([one.enter(5000), other.enter(5000)]);
		expect([one.held, other.held].sort()).toEqual([false, true]);
		const [primary, beside] = one.held ? [one, other] : [other, one];
		expect(primary.told.slice(0, 2)).toEqual([{ primaryUntilMs: null, sources }, { primaryUntilMs: expect.any(Number) }]);
		expect(beside.told).toEqual([{ primaryUntilMs: null, sources }]);
	});

	it('goes on to another instance soon where it is given up', async () => {
		const [one, other] = [role('blue/0'), role('blue/1')];
		await one.enter(5000);
		await other.enter(5000);
		await one.giveUp();
		expect(one.told.at(-1)).toEqual({ primaryUntilMs: null });
		expect(await until(() => other.held)).toBeLessThan(timing.renewDeadlineMs);
		await sleep(3 * 100);
		expect(one.held).toBe(false);
	});

	it('goes on when the lease of a runner that has died ends, and not before', async () => {
		await watcher.acquire('primary', 'blue/1@9', timing.ttlMs);
		const one = role('blue/0');
		await one.enter(5000);
		await sleep(250);
		expect([one.held, await holder()]).toEqual([false, 'blue/1@9']);
		skewMs += timing.ttlMs;
		expect(await until(() => one.held)).toBeLessThan(timing.renewDeadlineMs);
	});

	it.each([
		['the side before', 'green/1@9'],
		['a runner of this instance that was here before', 'blue/0@9'],
	])('is waited for where %s has it still, so that the start knows who fires', async (_who, before) => {
		await watcher.acquire('primary', before, timing.ttlMs);
		const one = role('blue/0');
		const entering = one.enter(5000);
		await sleep(200);
		expect(one.told).toHaveLength(1);
		skewMs += timing.ttlMs;
		await entering;
		expect([one.held, await holder()]).toEqual([true, 'blue/0@1']);
	});

	it('is not waited for any longer than a dead holder can have it: then it is taken while the flows run', async () => {
		const store = watcher;
		const { token } = (await store.acquire('primary', 'green/1@9', timing.ttlMs)) as { token: number };
		const renewing = setInterval(() => void store.renew('primary', 'green/1@9', token, timing.ttlMs), 50);
		const one = role('blue/0');
		const since = performance.now();
		await one.enter(60_000);
		expect(performance.now() - since).toBeLessThan(4 * timing.ttlMs);
		expect(one.held).toBe(false);
		clearInterval(renewing);
		await store.release('primary', 'green/1@9', token);
		await until(() => one.held);
		expect(one.held).toBe(true);
	});

	it('is not taken by an instance whose sources are closed, but kept where it is', async () => {
		const [one, other] = [role('blue/0'), role('blue/1')];
		await one.enter(5000);
		await other.enter(5000);
		for (const each of [one, other]) each.standStill();
		await sleep(250);
		expect(one.held).toBe(true);
		await one.giveUp();
		await sleep(300);
		expect([other.held, await holder()]).toEqual([false, undefined]);
	});

	it('is not kept by a look that was under way when it was given up', async () => {
		const [one, slow] = [role('blue/0'), open()];
		const acquire = slow.acquire.bind(slow);
		slow.acquire = async (...asked) => {
			const answer = await acquire(...asked);
			await sleep(200);
			return answer;
		};
		const other = role('blue/1', slow);
		await one.enter(5000);
		await other.enter(5000);
		await one.giveUp();
		while ((await holder()) !== 'blue/1@1') await sleep(5);
		expect(other.held).toBe(false);
		await other.giveUp();
		expect([other.held, await holder()]).toEqual([false, undefined]);
		await sleep(500);
		expect([other.held, await holder()]).toEqual([false, undefined]);
	});

	it('ends in time where the store is lost, and comes back with it', async () => {
		const store = open();
		const one = role('blue/0', store);
		await one.enter(5000);
		const until0 = one.told.at(-1)?.primaryUntilMs as number;
		const { list, renew } = store;
		store.list = async () => Promise.reject(new Error('no disk'));
		store.renew = async () => Promise.reject(new Error('no disk'));
		await until(() => !one.held);
		expect(clock.nowMs()).toBeLessThan(until0 + timing.ttlMs - timing.renewDeadlineMs + timing.retryMs * 2);
		await until(() => one.told.at(-1)?.primaryUntilMs === null);
		Object.assign(store, { list, renew });
		await until(() => one.held);
		expect(one.held).toBe(true);
	});

	it('has at no moment two, whoever comes and goes', async () => {
		const all = ['blue/0', 'blue/1', 'blue/2'].map((instance) => role(instance));
		const hadTwo: number[] = [];
		const watching = setInterval(() => {
			const now = all.filter(({ held }) => held).length;
			if (now > 1) hadTwo.push(now);
		}, 1);
		for (let round = 0; round < 6; round++) {
			await Promise.all(all.map((each) => each.enter(1000)));
			expect(all.filter(({ held }) => held)).toHaveLength(1);
			const primary = all.find(({ held }) => held);
			await primary?.giveUp();
			await until(() => all.some(({ held }) => held));
			await Promise.all(all.map((each) => each.giveUp()));
			expect(await holder()).toBeUndefined();
		}
		clearInterval(watching);
		expect(hadTwo).toEqual([]);
	});
});
