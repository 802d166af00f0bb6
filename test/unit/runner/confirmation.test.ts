import { jest } from '@jest/globals';
import { ControlUnreachable } from '../../../src/lib/control/client.ts';
import { Confirmation, type Member } from '../../../src/runner/confirmation.ts';

let now = 0;
const clock = { nowMs: () => now, bootId: 'x' };
const TTL_MS = 1000;

const member = (parts: Partial<Member>): Member => ({
	name: 'blue/1',
	confirm: async () => true,
	status: async () => null,
	...parts,
});
const active = member({ name: 'blue/2', status: async () => ({ lease: { token: 1 } }) as Awaited<ReturnType<Member['status']>> });
const silent = member({ confirm: () => new Promise(() => {}), status: () => new Promise(() => {}) });

function confirmation(...members: Member[]) {
	const subject = new Confirmation(() => members, clock, TTL_MS);
	now += TTL_MS;
	return subject;
}

describe('leaving the seat to another instance while the store is lost', () => {
	it('is confirmed where all the others promise it, and not where one does not, or does not answer', async () => {
		expect(await confirmation(member({})).byAll('blue/0@1', TTL_MS)).toBe(true);
		expect(await confirmation(member({}), member({ confirm: async () => false })).byAll('blue/0@1', TTL_MS)).toBe(false);
		expect(await confirmation(silent).byAll('blue/0@1', TTL_MS)).toBe(false);
	});

	it('counts a member as agreeing whose runner is gone: it takes nothing', async () => {
		const gone = Object.assign(Object.create(ControlUnreachable.prototype), { gone: true });
		expect(await confirmation(member({ confirm: () => Promise.reject(gone) })).byAll('blue/0@1', TTL_MS)).toBe(true);
	});

	it.each(['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'])(
		'does not count one as gone that is off the network (%s): it has the volume',
		async (code) => {
			const unknown = new ControlUnreachable('no answer', { code });
			expect(await confirmation(member({ confirm: () => Promise.reject(unknown) })).byAll('blue/0@1', TTL_MS)).toBe(false);
		},
	);

	it('is promised to one at a time, and kept', async () => {
		const subject = confirmation();
		expect([subject.promise('blue/0@1', TTL_MS), subject.promise('blue/2@3', TTL_MS)]).toEqual([true, false]);
		expect(await subject.seek(async () => null)).toBe('blue/0@1');
		now += TTL_MS;
		expect(await subject.seek(async () => null)).toBeNull();
	});

	it('keeps it from seeking the seat where somebody is active whose lease has ended in the store', async () => {
		const acquire = jest.fn(async () => null);
		expect(await confirmation(active).seek(acquire)).toBe('blue/2');
		expect(acquire).not.toHaveBeenCalled();
	});

	it('is promised to nobody while it seeks the seat itself', async () => {
		const subject = confirmation(silent);
		let promised: boolean | undefined;
		const sought = subject.seek(async () => {
			promised = subject.promise('blue/0@1', TTL_MS);
			return null;
		});
		expect(subject.promise('blue/0@1', TTL_MS)).toBe(false);
		expect([await sought, promised]).toEqual([null, false]);
		expect(subject.promise('blue/0@1', TTL_MS)).toBe(true);
	});

	it('says who holds the seat where the store knows', async () => {
		expect(await confirmation().seek(async () => ({ heldBy: 'blue/0@1' }))).toBe('blue/0@1');
		expect(await confirmation().seek(async () => ({}))).toBe('somebody else');
	});

	it('rests for a lease after its start: what a runner before it promised may still be leaned on', () => {
		const subject = new Confirmation(() => [], clock, TTL_MS);
		expect(subject.restMs).toBe(TTL_MS);
		now += TTL_MS - 1;
		expect(subject.restMs).toBe(1);
		now += 1;
		expect(subject.restMs).toBe(0);
	});
});
