import type { Compensation, PromotionState, Step } from '../../../src/lib/promotion/machine.ts';
import { initialState, isFinished, milestones, nextStep, steps, transition } from '../../../src/lib/promotion/machine.ts';

/** The world that a promotion acts on, as far as the promises speak of it. */
interface World {
	/** Who runs the flows. */
	running: Set<'old' | 'new'>;
	traffic: 'old' | 'new' | 'held';
	newStands: boolean;
	/** The new flows are started, and their gate lets nothing pass. */
	atGate: boolean;
}

const start: World = { running: new Set(['old']), traffic: 'old', newStands: false, atGate: false };

/** What each step does, whole; half of it is nothing or all, since each acts on one thing. */
const effects: Record<Step, (world: World) => World> = {
	prepare: (world) => ({ ...world, newStands: true }),
	validate: (world) => world,
	connect: (world) => ({ ...world, atGate: true }),
	hold: (world) => ({ ...world, traffic: 'held' }),
	quiesce: (world) => world,
	drain: (world) => world,
	'hand over': (world) => ({ ...world, running: new Set() }),
	activate: (world) => ({ ...world, running: new Set(['new']), atGate: false }),
	verify: (world) => world,
	release: (world) => ({ ...world, traffic: 'new' }),
};

const undo: Record<Compensation, (world: World) => World> = {
	restore: (world) => ({ ...world, running: new Set(['old']), atGate: false }),
	'let flow': (world) => ({ ...world, traffic: 'old' }),
	discard: (world) => ({ ...world, newStands: false }),
};

interface Visit {
	state: PromotionState;
	world: World;
	/** Crashes of whoever runs the promotion, so far. */
	crashes: number;
}

/**
 * Every interleaving of steps that succeed, steps that fail (before or after their effect), and crashes of whoever runs
 * the promotion (before or after the effect), up to three crashes.
 */
function explore(): Visit[] {
	const seen = new Map<string, Visit>();
	const queue: Visit[] = [{ state: initialState, world: start, crashes: 0 }];
	for (let visit = queue.pop(); visit; visit = queue.pop()) {
		const key = JSON.stringify([visit.state, [...visit.world.running], visit.world, visit.crashes]);
		if (seen.has(key)) continue;
		seen.set(key, visit);
		queue.push(...successors(visit));
	}
	return [...seen.values()];
}

function successors({ state, world, crashes }: Visit): Visit[] {
	const next: Visit[] = [];
	const crash = (at: PromotionState, left: World) => {
		if (crashes < 3) next.push({ state: transition(at, { event: 'taken over', by: 'z' }), world: left, crashes: crashes + 1 });
	};
	const step = nextStep(state);
	if (step) {
		const begun = transition(state, { event: 'begin', step });
		const after = effects[step](world);
		next.push({ state: transition(begun, { event: 'done', step }), world: after, crashes });
		for (const left of [world, after]) {
			next.push({ state: transition(begun, { event: 'failed', step, cause: 'x' }), world: left, crashes });
			crash(begun, left);
		}
		crash(state, world);
	} else if (state.kind === 'rolling back') {
		const compensation = state.remaining[0] as Compensation;
		const after = undo[compensation](world);
		next.push({ state: transition(state, { event: 'compensated', compensation }), world: after, crashes });
		next.push({ state: transition(state, { event: 'not compensated', compensation, reason: 'y' }), world, crashes });
		for (const left of [world, after]) crash(state, left);
	} else if (state.kind === 'needs operator') {
		crash(state, world);
	}
	return next;
}

describe('the promotion state machine, explored whole', () => {
	const visits = explore();

	it('visits a state space worth the name', () => {
		expect(visits.length).toBeGreaterThan(100);
	});

	it('never runs two sides at once', () => {
		expect(visits.filter(({ world }) => world.running.size > 1)).toEqual([]);
	});

	it('ends with the new release alone, the old one alone, or a call for an operator', () => {
		const ends = visits.filter((visit) => successors(visit).length === 0 || isFinished(visit.state));
		expect(new Set(ends.map(({ state }) => state.kind))).toEqual(new Set(['baking', 'rolled back', 'needs operator']));
		for (const { state, world } of ends) {
			if (state.kind === 'baking')
				expect({ running: [...world.running], traffic: world.traffic, atGate: world.atGate }).toEqual({
					running: ['new'],
					traffic: 'new',
					atGate: false,
				});
			if (state.kind === 'rolled back') {
				const { traffic, newStands, atGate } = world;
				expect({ running: [...world.running], traffic, newStands, atGate }).toEqual({
					running: ['old'],
					traffic: 'old',
					newStands: false,
					atGate: false,
				});
			}
		}
	});

	it('leads to an end from wherever its runner crashed', () => {
		for (const { state } of visits) {
			if (isFinished(state)) continue;
			let current = transition(state, { event: 'taken over', by: 'z' });
			for (let turns = 0; !isFinished(current) && turns < 20; turns++) {
				const step = nextStep(current);
				if (step) current = transition(transition(current, { event: 'begin', step }), { event: 'done', step });
				else if (current.kind === 'rolling back')
					current = transition(current, { event: 'compensated', compensation: current.remaining[0] as Compensation });
			}
			expect(isFinished(current)).toBe(true);
		}
	});
});

describe('transition', () => {
	it('goes through the milestones in their order', () => {
		let state = initialState;
		for (const step of steps) {
			expect(nextStep(state)).toBe(step);
			state = transition(transition(state, { event: 'begin', step }), { event: 'done', step });
		}
		expect(state).toEqual({ kind: 'baking' });
		expect(transition(state, { event: 'retire' })).toEqual({ kind: 'retired' });
	});

	it('pauses where all is prepared and validated, and nowhere else', () => {
		const validated: PromotionState = { kind: 'going', reached: 'validated', running: null };
		expect(transition(validated, { event: 'pause' })).toEqual({ kind: 'paused' });
		expect(isFinished({ kind: 'paused' })).toBe(false);
		for (const reached of milestones.filter((milestone) => milestone !== 'validated'))
			expect(() => transition({ kind: 'going', reached, running: null }, { event: 'pause' })).toThrow('cannot take');
		expect(() => transition({ ...validated, running: 'connect' }, { event: 'pause' })).toThrow('cannot take');
	});

	it('continues a pause by validating again, or from the beginning where nothing stands by any more', () => {
		const paused: PromotionState = { kind: 'paused' };
		expect(nextStep(transition(paused, { event: 'continue', standing: true, by: 'z' }))).toBe('validate');
		expect(nextStep(transition(paused, { event: 'continue', standing: false, by: 'z' }))).toBe('prepare');
		expect(transition(paused, { event: 'abort', cause: 'aborted by z' })).toMatchObject({ kind: 'rolling back', cause: 'aborted by z' });
		expect(() => transition(paused, { event: 'taken over', by: 'z' })).toThrow('cannot take');
	});

	it('refuses what cannot happen', () => {
		expect(() => transition(initialState, { event: 'done', step: 'prepare' })).toThrow('cannot take');
		expect(() => transition(initialState, { event: 'begin', step: 'activate' })).toThrow('cannot take');
		expect(() => transition({ kind: 'baking' }, { event: 'taken over', by: 'z' })).toThrow('cannot take');
	});
});
