import type { Compensation, Step } from '../../../src/lib/promotion/machine.ts';

type Side = 'old' | 'new';

/** What a promotion acts on, as far as the promises speak of it. */
export interface World {
	/** Who holds the seat's lease; a side runs its flows under it alone. */
	lease: Side | null;
	runs: Side[];
	alive: Record<Side, boolean>;
	traffic: Side | 'held';
	/** What the journal has as serving. */
	serving: Side;
	newStands: boolean;
	/** The new flows are started, and their gate lets nothing pass. */
	atGate: boolean;
}

const without = (runs: Side[], side: Side) => runs.filter((each) => each !== side);
const withLease = (world: World, side: Side): World => ({ ...world, lease: side, runs: [...without(world.runs, side), side] });
/** A side no longer runs, and no longer holds the lease. */
export const freed = (world: World, side: Side): World => ({
	...world,
	lease: world.lease === side ? null : world.lease,
	runs: without(world.runs, side),
});

/** What each step does; null where it cannot. */
export const effects: Record<Step, (world: World) => World | null> = {
	prepare: (world) => ({ ...freed(world, 'new'), alive: { ...world.alive, new: true }, newStands: true, atGate: false }),
	validate: (world) => (world.alive.new ? world : null),
	connect: (world) => (world.alive.new ? { ...world, atGate: true } : null),
	hold: (world) => ({ ...world, traffic: 'held' }),
	quiesce: (world) => world,
	drain: (world) => world,
	'hand over': (world) => {
		if (world.lease !== 'old') return world;
		return { ...freed(world, 'old'), lease: world.alive.new ? 'new' : null };
	},
	activate: (world) => (world.alive.new && world.lease !== 'old' ? { ...withLease(world, 'new'), atGate: false } : null),
	verify: (world) => (world.runs.includes('new') ? world : null),
	release: (world) => (world.runs.includes('new') ? { ...world, traffic: 'new', serving: 'new' } : null),
};

/** What each compensation does; null where it cannot. */
export const undo: Record<Compensation, (world: World) => World | null> = {
	// The old side is started where it has ended.
	restore: (world) => ({ ...withLease(freed(world, 'new'), 'old'), alive: { ...world.alive, old: true }, atGate: false }),
	'let flow': (world) => (world.runs.includes('old') ? { ...world, traffic: 'old', serving: 'old' } : null),
	discard: (world) => ({ ...freed(world, 'new'), alive: { ...world.alive, new: false }, newStands: false, atGate: false }),
};
