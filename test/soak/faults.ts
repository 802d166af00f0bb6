import type { Random } from '../../bench/flows/random.ts';

/**
 * - `crash`: Node-RED is killed; `runner killed`: its runner, and `flowferry up` follows
 * - `stopped`: Node-RED stands still; `loop`: a flow keeps it busy for ever; `frozen`: it and its runner stand still
 * - `store locked`: nobody can write to the state; `broker away`: it is killed, and started again
 */
export const faultKinds = ['crash', 'runner killed', 'stopped', 'loop', 'frozen', 'store locked', 'broker away'] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
	kind: FaultKind;
	/** After the beginning of its burst. */
	afterMs: number;
	/** How long it lasts; of a runner that was killed: until it is started again. */
	forMs: number;
	/** Whom it hits: the one that is active then, or an instance by its number. */
	victim: 'active' | number;
	/** Of what is frozen: whether Node-RED wakes before its runner, with messages waiting, and how long before or after. */
	nodeRedWakesFirst: boolean;
	apartMs: number;
}

const weights: (readonly [FaultKind, number])[] = [
	['crash', 2],
	['runner killed', 1],
	['stopped', 2],
	['loop', 1],
	['frozen', 4],
	['store locked', 3],
	['broker away', 1],
];

const durations: Record<FaultKind, readonly [number, number]> = {
	crash: [0, 0],
	'runner killed': [200, 1500],
	stopped: [500, 4000],
	loop: [1500, 3000],
	frozen: [500, 4000],
	'store locked': [200, 3000],
	'broker away': [200, 2000],
};

/** One to four faults that overlap; the same ones for the same seed, whatever time the machine takes for them. */
export function planBurst(random: Random, instances: number): Fault[] {
	return Array.from({ length: random.integer(1, 4) }, () => {
		const kind = random.weigh(weights);
		return {
			kind,
			afterMs: random.integer(0, 2500),
			forMs: random.integer(...durations[kind]),
			victim: random.chance(0.7) ? 'active' : random.integer(0, instances - 1),
			nodeRedWakesFirst: random.chance(0.5),
			apartMs: random.chance(0.5) ? 0 : random.integer(0, 500),
		};
	});
}
