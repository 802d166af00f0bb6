import { existsSync } from 'node:fs';
import { open, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { ContextUnusable } from '../../../src/agent/context-file.ts';
import { WriteRefused } from '../../../src/agent/shared-context.ts';
import { monotonicMs } from '../../../src/agent/time.ts';
import { canMount, mountSmallDisk } from '../../support/full-disk.ts';
import { createSharedEnvironment, type SharedEnvironment, type StoreOfInstance } from '../../support/shared-context.ts';

let environment: SharedEnvironment;
let active: StoreOfInstance;
let spare: StoreOfInstance;
beforeEach(async () => {
	environment = await createSharedEnvironment();
	active = await environment.instance('blue/0');
	spare = await environment.instance('blue/1');
	await active.activate();
});
afterEach(() => environment.remove());

/** The active instance is gone, without a word. */
async function takeOver(): Promise<string[]> {
	await active.retire();
	return spare.activate();
}

describe('what the active instance sets', () => {
	it('is there for every instance at once, in each scope, and after a takeover', async () => {
		active.store.set('global', 'count', 1);
		active.store.set('flow', 'count', 2);
		active.store.set('node:flow', 'count', 3);
		expect(['global', 'flow', 'node:flow'].map((scope) => spare.store.get(scope, 'count'))).toEqual([1, 2, 3]);
		expect(await takeOver()).toEqual([]);
		spare.store.set('global', 'count', (spare.store.get('global', 'count') as number) + 1);
		expect(active.store.get('global', 'count')).toBe(2);
	});

	it('is of every kind that Node-RED users keep, and comes back as it was', () => {
		const ring: Record<string, unknown> = { name: 'ring' };
		ring.self = ring;
		const value = {
			map: new Map([['a', 1n]]),
			set: new Set([1]),
			date: new Date(5),
			buffer: Buffer.from('hi'),
			bytes: new Float64Array([1.5]),
			nothing: null,
			none: undefined,
			text: 'ä\0😀',
			list: Object.assign([1], { 2: 3 }),
			ring,
			nan: Number.NaN,
		};
		active.store.set('global', 'kinds', value);
		const read = spare.store.get('global', 'kinds') as typeof value;
		expect(read).toEqual(value);
		expect(Buffer.isBuffer(read.buffer)).toBe(true);
		expect(read.ring.self).toBe(read.ring);
	});

	it.each([
		['a function', () => {}],
		['holds a function', { handler: () => {} }],
		['an instance of Socket', new (class Socket {})()],
		['a symbol', Symbol('x')],
	])('is refused with its place where it cannot be kept: %s', (why, value) => {
		active.store.set('flow', 'pool', 'before');
		const message = `context flow.pool cannot be kept: ${why}`;
		expect(() => active.store.set('flow', 'pool', value)).toThrow(message);
		expect(() => active.store.set('flow', 'pool.of.it', value)).toThrow(`context flow.pool.of.it cannot be kept: ${why}`);
		const errors: unknown[] = [];
		active.store.set('flow', 'pool', value, (error) => errors.push(error));
		expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })]);
		// Several at once: all of them or none.
		expect(() => active.store.set('flow', ['other', 'pool'], [1, value])).toThrow(message);
		expect(active.store.keys('flow')).toEqual(['pool']);
		expect(active.store.get('flow', 'pool')).toBe('before');
	});

	it('is a copy for whoever reads it, buffers too, from the file as from what was set apart', () => {
		const value = { list: [1], buffer: Buffer.from('abc') };
		for (const { store } of [active, spare]) {
			store.set('global', 'value', value);
			const read = store.get('global', 'value') as typeof value;
			read.list.push(2);
			read.buffer[0] = 0;
			expect(store.get('global', 'value')).toEqual(value);
		}
	});

	it("is nobody else's to read: the files are their owner's alone", async () => {
		active.store.set('global', 'secret', 'x');
		for (const suffix of ['', '-wal', '-shm']) expect((await stat(environment.file + suffix)).mode & 0o777).toBe(0o600);
	});

	it('stays when Node-RED asks to forget what its flows do not have: the other release may', async () => {
		active.store.set('flow-of-the-old-release', 'count', 1);
		await active.store.clean(['flow-of-the-new-release']);
		expect(spare.store.get('flow-of-the-old-release', 'count')).toBe(1);
		await active.store.delete('flow-of-the-old-release');
		expect(spare.store.keys('flow-of-the-old-release')).toEqual([]);
	});
});

describe('what an instance sets before it is active', () => {
	it('is seen by itself alone, over what all have', () => {
		active.store.set('global', ['a', 'b', 'c'], [{ n: 1 }, 2, 3]);
		spare.store.set('global', 'a.n', 10);
		spare.store.set('global', 'b', undefined);
		spare.store.set('global', 'd', 4);
		expect(spare.store.get('global', ['a', 'b', 'c', 'd'])).toEqual([{ n: 10 }, undefined, 3, 4]);
		expect(spare.store.keys('global').toSorted()).toEqual(['a', 'c', 'd']);
		expect(active.store.get('global', ['a', 'b', 'c', 'd'])).toEqual([{ n: 1 }, 2, 3, undefined]);
	});

	it('comes in once when it becomes active, but never over what the active side has written since', async () => {
		active.store.set('global', ['counter', 'setting', 'removed', 'deleted', 'again'], [1, 1, 1, 1, 1]);
		spare.store.set('global', ['counter', 'setting', 'deleted', 'again', 'own', 'both', 'brief'], [0, 'new', 0, 0, 'new', 'new', 'new']);
		spare.store.set('global', 'removed', undefined);
		active.store.set('global', 'counter', 2);
		active.store.set('global', 'deleted', undefined);
		// The same value, but written since.
		active.store.set('global', 'again', 1);
		active.store.set('global', 'both', 'old');
		active.store.set('global', 'brief', 'old');
		active.store.set('global', 'brief', undefined);
		const yielded = ['counter', 'deleted', 'again', 'both', 'brief'].map((key) => `global.${key}`);
		expect(await takeOver()).toEqual(yielded);
		const keys = ['counter', 'setting', 'removed', 'deleted', 'again', 'own', 'both', 'brief'];
		const expected = [2, 'new', undefined, undefined, 1, 'new', 'old', undefined];
		expect(spare.store.get('global', keys)).toEqual(expected);
		expect(active.store.get('global', keys)).toEqual(expected);
		// Once: a later takeover brings nothing of it again.
		spare.store.set('global', 'own', 'later');
		await spare.retire();
		expect(await spare.activate()).toEqual([]);
		expect(spare.store.get('global', 'own')).toBe('later');
	});

	it('yields to what the active side has written since it was first set apart: from then on it saw its own alone', async () => {
		active.store.set('global', 'n', 1);
		spare.store.set('global', 'n', (spare.store.get('global', 'n') as number) + 1);
		active.store.set('global', 'n', 100);
		// A timer in a hot spare counts on with its own.
		spare.store.set('global', 'n', (spare.store.get('global', 'n') as number) + 1);
		expect(await takeOver()).toEqual(['global.n']);
		expect(spare.store.get('global', 'n')).toBe(100);
	});

	it('is forgotten where its flows stop without having been active, and what flows set after their stop is, too', async () => {
		spare.store.set('global', 'n', 'of a promotion that was undone');
		spare.store.part();
		expect(spare.store.get('global', 'n')).toBeUndefined();
		active.store.set('global', 'n', 1);
		active.store.part();
		active.store.set('global', 'n', 'a timer that nobody ended');
		expect(spare.store.get('global', 'n')).toBe(1);
		active.store.part();
		expect(await active.activate()).toEqual([]);
		expect(active.store.get('global', 'n')).toBe(1);
	});

	it('is what another instance has had in its memory, too: that stays until the flows stop, or set it themselves', async () => {
		active.store.set('global', ['old', 'written'], [1, 1]);
		for (const key of ['old', 'new', 'written', 'own']) expect(spare.store.bring('global', key, { brought: key })).toBe(true);
		spare.store.set('global', 'stopped', 1);
		spare.store.beginAnew();
		spare.store.set('global', 'own', 'set at the start');
		expect(spare.store.bring('global', 'own', 'later')).toBe(false);
		expect(spare.store.bring('global', 'new', { brought: 'later' })).toBe(true);
		active.store.set('global', 'written', 2);
		expect(await takeOver()).toEqual(['global.written']);
		const keys = ['old', 'new', 'written', 'own', 'stopped'];
		expect(active.store.get('global', keys)).toEqual([{ brought: 'old' }, { brought: 'later' }, 2, 'set at the start', undefined]);
		expect(() => spare.store.bring('global', 'handler', () => {})).toThrow('context global.handler cannot be kept');
		await spare.retire();
		spare.store.bring('global', 'old', 'undone');
		spare.store.part();
		expect(spare.store.get('global', 'old')).toEqual({ brought: 'old' });
	});

	it('keeps what it deleted before for an hour, and then forgets that it was there', async () => {
		active.store.set('global', ['old', 'young'], [1, 1]);
		active.store.set('global', ['old', 'young'], [undefined, undefined]);
		const database = new DatabaseSync(environment.file);
		database.prepare("UPDATE entry SET stamp = ? WHERE key = 'old'").run(Math.floor((monotonicMs() - 3_601_000) * 1000));
		await takeOver();
		expect(
			database
				.prepare('SELECT key FROM entry')
				.all()
				.map(({ key }) => key),
		).toEqual(['young']);
		database.close();
	});
});

describe('an instance that was active once', () => {
	it('cannot write any more when another one has taken over, though it knows nothing of it', async () => {
		active.store.set('global', 'n', 1);
		await active.loseSeat();
		await spare.activate();
		const message =
			/^context global\.n was not written: another instance has taken over: .*context\.db was written with the fencing token 2, and this one's is 1$/;
		expect(() => active.store.set('global', 'n', 'late')).toThrow(message);
		const errors: unknown[] = [];
		active.store.set('global', 'n.m', 'late', (error) => errors.push(error));
		await expect(active.store.delete('global')).rejects.toThrow(WriteRefused);
		expect(errors).toEqual([expect.any(WriteRefused)]);
		expect(active.refused.map(({ isFenced }) => isFenced)).toEqual([true, true, true]);
		expect(() => active.store.join()).toThrow(WriteRefused);
		expect(spare.store.get('global', 'n')).toBe(1);
		spare.store.set('global', 'n', 2);
		expect(spare.refused).toEqual([]);
	});

	it('writes past the moment until which it was told to only where the lease itself says that it was renewed', async () => {
		active.shared.lease = { token: 1, untilMs: monotonicMs() - 1 };
		// A flow has kept the event loop busy: the news of the renewal wait.
		active.store.set('global', 'n', 1);
		await active.loseSeat();
		expect(() => active.store.set('global', 'n', 2)).toThrow("context global.n was not written: this instance's lease has ended");
		active.shared.lease = null;
		expect(() => active.store.set('global', 'n', 2)).toThrow('context global.n was not written: this instance holds no lease');
		expect(active.refused.map(({ isFenced }) => isFenced)).toEqual([false, false]);
		expect(spare.store.get('global', 'n')).toBe(1);
	});

	it('does not become active without a lease that stands', async () => {
		active.store.set('global', 'n', 1);
		spare.store.set('global', 'n', 'apart');
		expect(() => spare.store.join()).toThrow(WriteRefused);
		spare.shared.lease = { token: 2, untilMs: monotonicMs() - 1 };
		expect(() => spare.store.join()).toThrow(WriteRefused);
		expect(active.store.get('global', 'n')).toBe(1);
	});

	it('is told by the leases that count: tokens that begin anew with a new lease store are no older ones', async () => {
		for (const instance of [active, spare, active]) {
			await active.retire();
			await spare.retire();
			await instance.activate();
		}
		active.store.set('global', 'n', 3);
		await environment.makeLeasesAnew();
		expect(await spare.activate()).toEqual([]);
		expect(spare.shared.lease?.token).toBe(1);
		spare.store.set('global', 'n', 4);
		expect(() => active.store.set('global', 'n', 'late')).toThrow(WriteRefused);
		expect(active.store.get('global', 'n')).toBe(4);
	});

	it('goes on under a lease that its runner has taken anew, from a new lease store, too', async () => {
		for (let times = 0; times < 3; times++) {
			await active.retire();
			await spare.retire();
			await (times % 2 ? active : spare).activate();
		}
		await environment.makeLeasesAnew();
		spare.shared.lease = { token: 1, untilMs: monotonicMs() + 60_000 };
		spare.store.set('global', 'n', 5);
		expect(spare.refused).toEqual([]);
		expect(active.store.get('global', 'n')).toBe(5);
	});
});

describe('a file that cannot be written', () => {
	it('because another process does not let go of it, costs the flow an error, and nothing that was there', () => {
		active.store.set('global', 'n', 1);
		const other = new DatabaseSync(environment.file);
		other.exec('BEGIN IMMEDIATE');
		expect(() => active.store.set('global', 'n', 2)).toThrow(
			/^context global\.n was not written: .*context\.db: .* another process does not let go of it$/,
		);
		expect(spare.store.get('global', 'n')).toBe(1);
		other.exec('ROLLBACK');
		other.close();
		active.store.set('global', 'n', 2);
		expect(spare.store.get('global', 'n')).toBe(2);
	});

	const onDisk = canMount() ? it : it.skip;
	onDisk('because the disk is full, costs the flow an error; a spare takes over all the same', async () => {
		const disk = await mountSmallDisk(24);
		const small = await createSharedEnvironment({ folder: disk.folder });
		try {
			const [one, other] = [await small.instance('blue/0'), await small.instance('blue/1')];
			await one.activate();
			one.store.set('global', ['n', 'big'], [1, 'before']);
			other.store.set('global', 'apart', true);
			disk.fill();
			const errors: unknown[] = [];
			one.store.set('global', 'big', 'x'.repeat(4_000_000), (error) => errors.push(error));
			expect(errors).toEqual([
				expect.objectContaining({
					message: expect.stringMatching(/^context global\.big was not written: .*there is no space left on the disk/),
				}),
			]);
			// What is small finds the room that is kept for it.
			for (let n = 2; n <= 600; n++) one.store.set('global', 'n', n);
			await one.loseSeat();
			await other.activate();
			expect(other.store.get('global', ['n', 'big', 'apart'])).toEqual([600, 'before', true]);
			disk.empty();
			other.store.set('global', 'big', 'x'.repeat(4_000_000));
			expect(one.store.get('global', 'big')).toHaveLength(4_000_000);
		} finally {
			await small.remove();
			await disk.unmount();
		}
	});
});

describe('a damaged file', () => {
	async function reopen(): Promise<StoreOfInstance> {
		return environment.closedInstance('blue/2');
	}

	it.each<[what: string, damage: () => Promise<void>]>([
		['is no database', () => writeFile(environment.file, 'x'.repeat(8192))],
		['is empty', () => truncate(environment.file)],
		['lacks its end', () => truncate(environment.file, 4096)],
		['is gone, and has left its log', () => rm(environment.file)],
		[
			'has a page of noise',
			async () => {
				const handle = await open(environment.file, 'r+');
				await handle.write(Buffer.alloc(4096, 0xa5), 0, 4096, 4096);
				await handle.close();
			},
		],
	])('that %s is told with its name and the remedy, and no empty context comes in its place', async (what, damage) => {
		active.store.set('global', 'big', 'x'.repeat(50_000));
		if (what.startsWith('is gone')) await damage();
		else {
			await active.store.close();
			await spare.store.close();
			await damage();
		}
		const instance = await reopen();
		await expect(instance.store.open()).rejects.toThrow(ContextUnusable);
		expect(instance.unusable).toEqual([
			expect.objectContaining({
				message: expect.stringMatching(/context\.db: .*the file is damaged: end the environment .* -wal and -shm .*backup/s),
			}),
		]);
		if (what.startsWith('is gone')) expect(existsSync(environment.file)).toBe(false);
		expect(() => instance.store.get('global', 'big')).toThrow('is not open');
	});
});
