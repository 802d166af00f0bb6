import type { LeaseObject } from '../../../src/lib/kubernetes/lease-object.ts';
import { LeaseSightings } from '../../../src/lib/kubernetes/lease-sightings.ts';

let now = 0;
let sightings: LeaseSightings;
beforeEach(() => {
	now = 10_000;
	sightings = new LeaseSightings({ nowMs: () => now });
});

/** A lease of `blue/0` on the seat `active`, as the API server tells of it. */
const lease = (changed: Partial<LeaseObject> = {}, version = '1', uid = 'first'): LeaseObject => ({
	...{ seat: 'active', holder: 'blue/0', token: 1, ttlMs: 500, renewedMs: 1, acquiredMs: 1 },
	metadata: { name: 'plant-active', uid, resourceVersion: version },
	...changed,
});
const seen = (...told: Parameters<typeof lease>) => sightings.see(lease(...told));
const remainingMs = () => {
	const known = sightings.of('active');
	return known && sightings.remainingMs(known);
};

it('knows nothing of a seat that it has not seen', () => {
	expect(sightings.of('active')).toBeUndefined();
	expect(sightings.hasLost('active')).toBe(false);
});

it('counts a ttl from the first look, whatever the clock of the holder says', () => {
	expect(seen({ renewedMs: 9e15 })).toMatchObject({ sinceMs: 10_000, isFirst: true });
	now += 499;
	expect(remainingMs()).toBe(1);
	now += 1;
	expect(remainingMs()).toBe(0);
	now += 1000;
	expect(remainingMs()).toBe(0);
});

it('does not begin anew where the same grant is seen again, with other labels', () => {
	seen();
	now += 300;
	const again = seen({ metadata: { ...lease({}, '2').metadata, labels: { team: 'plant' } } });
	expect(again).toMatchObject({ sinceMs: 10_000, isFirst: true, lease: { metadata: { labels: { team: 'plant' } } } });
	expect(remainingMs()).toBe(200);
});

it.each([
	['a renewal', { renewedMs: 2 }],
	['another holder', { holder: 'blue/1', token: 2 }],
	['another ttl', { ttlMs: 900 }],
])('begins anew with %s', (_, changed) => {
	seen();
	now += 300;
	expect(seen(changed, '2')).toMatchObject({ sinceMs: 10_300, isFirst: false });
	expect(remainingMs()).toBe('ttlMs' in changed ? 900 : 500);
});

it('goes by what it wrote itself, and by no older news that come after it', () => {
	seen();
	sightings.wrote(lease({ holder: 'green/0', token: 2 }, '11'));
	now += 100;
	// Compared as numbers, not as text.
	expect(seen({}, '9').lease).toMatchObject({ holder: 'green/0', token: 2 });
	expect(sightings.of('active')).toMatchObject({ sinceMs: 10_000, isFirst: false });
});

it('takes a seat without a holder for free at once', () => {
	seen({ holder: null });
	expect(remainingMs()).toBe(0);
});

it('keeps seats apart', () => {
	seen();
	seen({ seat: 'green', holder: 'green/0', metadata: { name: 'plant-green', uid: 'other' } });
	sightings.lose('plant-green');
	expect(sightings.of('active')?.lease.holder).toBe('blue/0');
	expect([sightings.hasLost('active'), sightings.hasLost('green')]).toEqual([false, true]);
});

describe('a Lease that somebody has removed', () => {
	beforeEach(() => {
		seen({ token: 3 });
		now += 100;
		sightings.lose('plant-active');
	});

	it('is not there, and is remembered', () => {
		expect(sightings.of('active')).toBeUndefined();
		expect(sightings.hasLost('active')).toBe(true);
	});

	it('lives on in the one that is made in its place: holder, token and what is left of its ttl', () => {
		const made = seen({ holder: null, token: 0, ttlMs: 0, renewedMs: 0 }, '7', 'second');
		expect(made.lease).toMatchObject({ holder: 'blue/0', token: 3, ttlMs: 500, acquiredMs: 1 });
		// What is written next is written to the new object.
		expect(made.lease.metadata).toMatchObject({ uid: 'second', resourceVersion: '7' });
		expect(remainingMs()).toBe(400);
		now += 400;
		expect(remainingMs()).toBe(0);
	});

	it('counts no more once the new one has got as far', () => {
		seen({ holder: null, token: 0 }, '7', 'second');
		seen({ holder: 'blue/1', token: 4, renewedMs: 7 }, '8', 'second');
		expect(sightings.hasLost('active')).toBe(false);
		now += 200;
		expect(seen({ holder: null, token: 0 }, '9', 'second').lease).toMatchObject({ holder: null, token: 0 });
	});
});

it('takes one of another identity for the successor also where nobody told of the end of the first', () => {
	seen({ token: 3 });
	now += 100;
	expect(seen({ holder: null, token: 0 }, '7', 'second').lease).toMatchObject({ holder: 'blue/0', token: 3 });
	expect(remainingMs()).toBe(400);
});
