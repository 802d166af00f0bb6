import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../src/lib/adapters/clock.ts';
import { observe } from '../../../src/lib/drill/observer.ts';
import type { LeaseStore } from '../../../src/lib/lease/lease.ts';
import type { InstanceStatus } from '../../../src/lib/targets/instance.ts';

/** Two instances, as they answer just now, and who holds the seat. */
class World {
	token: number | null = 1;
	answers: Record<string, { token: number | null; afterMs: number } | null> = {
		a: { token: 1, afterMs: 0 },
		b: { token: null, afterMs: 0 },
	};

	get leases(): LeaseStore {
		return { list: async () => (this.token === null ? [] : [{ seat: 'active', holder: '', token: this.token, remainingMs: 1 }]) } as never;
	}

	instance(name: string) {
		return {
			name,
			status: async () => {
				const answer = this.answers[name];
				if (!answer) return null;
				await sleep(answer.afterMs);
				const lease = answer.token === null ? null : { token: answer.token };
				return { state: lease ? 'active' : 'standby', lease } as InstanceStatus;
			},
		};
	}

	observe() {
		return observe({ leases: this.leases }, [this.instance('a'), this.instance('b')], { seat: 'active', token: 1 }, systemClock());
	}
}

it('sees the lease go, and who goes on', async () => {
	const world = new World();
	const observer = world.observe();
	await sleep(120);
	expect([observer.lostMs, observer.successor, observer.isActive('a')]).toEqual([null, null, true]);
	world.token = null;
	world.answers = { a: null, b: { token: 2, afterMs: 0 } };
	await sleep(200);
	expect(observer.lostMs).not.toBeNull();
	expect([observer.successor, observer.isActive('a')]).toEqual(['b', false]);
	await observer.stop();
	expect(observer.doubleActiveMs()).toBe(0);
});

it('sees two that say at the same time that they are active', async () => {
	const world = new World();
	const observer = world.observe();
	world.answers.b = { token: 2, afterMs: 0 };
	await sleep(400);
	await observer.stop();
	expect(observer.doubleActiveMs()).toBeGreaterThan(100);
});

it('takes an answer that comes late for what was true when it was asked, at the most', async () => {
	const world = new World();
	const observer = world.observe();
	await sleep(120);
	// It is frozen with the question under way, and answers when it wakes; meanwhile the other one has taken over.
	world.answers.a = { token: 1, afterMs: 400 };
	await sleep(100);
	world.answers.b = { token: 2, afterMs: 0 };
	await sleep(200);
	world.answers.a = { token: null, afterMs: 0 };
	await sleep(400);
	await observer.stop();
	expect(observer.doubleActiveMs()).toBe(0);
});
