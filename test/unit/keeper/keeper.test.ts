import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { effectOf, effects } from '../../../src/lib/keeper/api.ts';
import { type Keeper, openKeeper } from '../../../src/lib/keeper/keeper.ts';
import { emptyKeeper } from '../../../src/lib/targets/docker/empty-keeper.ts';

describe("an environment's keeper", () => {
	let folder: string;
	let keeper: Keeper;
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), 'flowferry-keeper-'));
		keeper = await openKeeper(folder, 'keep');
	});
	afterEach(() => {
		keeper.close();
		rmSync(folder, { recursive: true });
	});
	const at = (...path: string[]) => join(folder, ...path);

	it('answers every call that it is said to have, and so does the empty one what only reads', () => {
		const empty = emptyKeeper();
		for (const [part, calls] of Object.entries(effects)) {
			const here = keeper.api[part as keyof typeof effects] as unknown as Record<string, unknown>;
			for (const call of Object.keys(calls)) expect([part, call, typeof here[call]]).toEqual([part, call, 'function']);
		}
		for (const part of ['journal', 'leases', 'failover', 'audit', 'plans'] as const) {
			for (const [call, effect] of Object.entries(effects[part]))
				if (effect === 'reads') expect(typeof (empty[part] as unknown as Record<string, unknown>)[call]).toBe('function');
		}
		empty.close();
	});

	it('knows no call by what every object has', () => {
		for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
			expect([effectOf(name, 'call'), effectOf('journal', name)]).toEqual([undefined, undefined]);
		}
	});

	it('fills a slot, with room for its instances, and empties it', async () => {
		const { slots } = keeper.api;
		expect(await slots.read('blue')).toBeNull();
		await slots.write('blue', { slot: '{"rev":"a"}', flows: '[]', instances: 2 });
		expect([await slots.read('blue'), await slots.flows('blue')]).toEqual(['{"rev":"a"}', '[]']);
		expect(readdirSync(at('slots', 'blue')).sort()).toEqual(['0', '1', 'flows.json', 'slot.json']);
		for (const path of ['slots/blue/0', 'slots/blue/flows.json', 'slots/blue/slot.json']) expect(statSync(at(path)).mode & 0o077).toBe(0);
		await slots.remove('blue');
		await slots.remove('blue');
		expect([await slots.read('blue'), readdirSync(at('slots'))]).toEqual([null, []]);
	});

	it('leaves nothing of what was in a slot before', async () => {
		const { slots } = keeper.api;
		await slots.write('blue', { slot: '{}', flows: '[]', instances: 3 });
		writeFileSync(at('slots', 'blue', '2', 'address.json'), '{}');
		await slots.write('blue', { slot: '{}', flows: '[]', instances: 1 });
		expect(existsSync(at('slots', 'blue', '2'))).toBe(false);
	});

	it('takes no slot for filled whose flows could not be written', async () => {
		const { slots } = keeper.api;
		await slots.write('blue', { slot: '{"old":1}', flows: '[]', instances: 1 });
		const full = {
			toString: () => {
				throw new Error('the disk is full');
			},
		};
		await expect(slots.write('blue', { slot: '{"new":1}', flows: full as never, instances: 1 })).rejects.toThrow('the disk is full');
		expect(await slots.read('blue')).toBeNull();
	});

	it('keeps the end of logs, for its owner alone, when the slot goes', async () => {
		const { slots } = keeper.api;
		expect(await slots.keptLog('blue/1')).toBe('');
		await slots.keepLog('blue/1', 'a line\n');
		await slots.remove('blue');
		expect(await slots.keptLog('blue/1')).toBe('a line\n');
		expect(statSync(at('logs', 'blue-1.log')).mode & 0o777).toBe(0o600);
	});

	it('prepares the files of a router, which goes on with the traffic of the one before', async () => {
		const { routerFiles, router } = keeper.api;
		await routerFiles.prepare({ config: 'global\n', publicUrl: 'https://plant:443' });
		expect(readFileSync(at('haproxy.cfg'), 'utf8')).toBe('global\n');
		const state = () => JSON.parse(readFileSync(at('haproxy.state.json'), 'utf8'));
		expect(state()).toMatchObject({ publicUrl: 'https://plant:443', traffic: { state: 'closed' } });
		const traffic = { state: 'flowing', upstreams: [{ instance: 'blue/0', url: 'http://172.20.0.3:1880' }] };
		writeFileSync(at('haproxy.state.json'), JSON.stringify({ ...state(), traffic }));
		await routerFiles.prepare({ config: 'global\n', publicUrl: 'https://plant:8443' });
		expect(state()).toMatchObject({ publicUrl: 'https://plant:8443', traffic });
		expect(await router.status()).toBeNull();
		await routerFiles.restore(); // none runs
		await routerFiles.forget();
		await routerFiles.forget();
		expect(existsSync(at('haproxy.state.json'))).toBe(false);
	});

	it('prepares them anew where the state of the one before cannot be read', async () => {
		writeFileSync(at('haproxy.state.json'), '{"traf');
		await keeper.api.routerFiles.prepare({ config: '', publicUrl: 'http://a' });
		expect(JSON.parse(readFileSync(at('haproxy.state.json'), 'utf8'))).toMatchObject({ traffic: { state: 'closed' } });
	});

	it('has instances that nobody answers for', async () => {
		const { instances } = keeper.api;
		expect(await instances.status('blue/0')).toBeNull();
		await expect(instances.quiesce('blue/0', 100)).rejects.toMatchObject({ gone: false, message: 'blue/0 has no runner that answers' });
	});

	it('keeps others from writing into the state, until it is told otherwise', async () => {
		const { machine, journal } = keeper.api;
		await machine.unlockState();
		await machine.lockState();
		const writing = journal.createRelease('a'.repeat(64)).catch((error: Error) => error.message);
		expect(await journal.slots()).toEqual({ blue: null, green: null });
		expect(await writing).toMatch(/locked/);
		await machine.unlockState();
		expect(await journal.createRelease('a'.repeat(64))).toMatchObject({ number: 1 });
	});

	it('is opened again with what it knew, and says where its state is damaged', async () => {
		await keeper.api.journal.setServingSlot('blue');
		const token = readFileSync(at('control.token'), 'utf8');
		keeper.close();
		keeper = await openKeeper(folder, 'close');
		expect([await keeper.api.journal.servingSlot(), readFileSync(at('control.token'), 'utf8')]).toEqual(['blue', token]);
		const damaged = mkdtempSync(join(tmpdir(), 'flowferry-keeper-'));
		writeFileSync(join(damaged, 'state.db'), 'this is no database, and never was one');
		await expect(openKeeper(damaged, 'keep')).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
		rmSync(damaged, { recursive: true });
	});
});
