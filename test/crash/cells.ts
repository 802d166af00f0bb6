import type { Step } from '../../src/lib/promotion/machine.ts';
import { steps } from '../../src/lib/promotion/machine.ts';

/**
 * Who is killed. The old side serves when the promotion begins; the new side is what it brings. The frozen command is
 * stopped, and wakes when another one has taken the environment over.
 */
export const victims = [
	'command',
	'frozen command',
	'old runner',
	'new runner',
	'old Node-RED',
	'new Node-RED',
	'gateway',
	'broker',
] as const;
export type Victim = (typeof victims)[number];

/** `begun`: the step is in the journal, and has not acted; `acted`: it has, and that is not in the journal. */
export const moments = ['begun', 'acted'] as const;
export type Moment = (typeof moments)[number];

export interface Cell {
	victim: Victim;
	step: Step;
	moment: Moment;
}

/** What became of a cell. */
export interface Outcome extends Cell {
	/** Which release serves at the end. */
	serves: 'old' | 'new' | 'neither';
	/** After which it served: nothing needed to be done, `flowferry resume`, or `flowferry up` on top. */
	after: 'itself' | 'resume' | 'up';
	/** Requests that failed, of all that were made from before the promotion to after its end. */
	requests: { made: number; failed: number };
	/** What was not as it should be; none: passed. */
	faults: string[];
	ms: number;
}

/** The whole matrix, victim by victim. Before `prepare` has acted there is no new side to kill. */
export const allCells: Cell[] = victims.flatMap((victim) =>
	steps.flatMap((step) =>
		moments.flatMap((moment) => (victim.startsWith('new') && step === 'prepare' && moment === 'begun' ? [] : [{ victim, step, moment }])),
	),
);

export const nameOf = ({ victim, step, moment }: Cell) => `${victim}:${step}:${moment}`;

/** Those whose name begins with one of these: `gateway`, `command:hand over`, `broker:drain:acted`; none given: all. */
export function selectCells(prefixes: string[]): Cell[] {
	return prefixes.length === 0 ? allCells : allCells.filter((cell) => prefixes.some((prefix) => nameOf(cell).startsWith(prefix)));
}

/** Whether requests may fail: only where whoever is killed has them in hand at that moment. */
export function mayFailRequests({ victim, step, moment }: Cell): boolean {
	if (victim === 'gateway') return true;
	if (victim.startsWith('old')) return steps.indexOf(step) <= steps.indexOf('drain');
	// Once verified it gets the traffic, also where it dies at that very moment.
	return victim.startsWith('new') && (step === 'release' || (step === 'verify' && moment === 'acted'));
}
