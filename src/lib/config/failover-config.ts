import { z } from 'zod';
import { commandCheck, httpCheck, mqttCheck } from './safeguards.ts';

/** The part of an environment's schema that says when an instance counts as stuck, and what is to happen when the state is lost. */

const DAY_MS = 86_400_000;

const progressProbe = z.strictObject({
	progress: z.string().min(1).describe('A node or a flow, by name or id: its nodes must receive messages.'),
	messages: z.int().min(1).default(1).describe('So many at least.'),
	withinMs: z.int().min(1000).max(DAY_MS).default(30_000).describe('In any stretch of this length.'),
});
export type ProgressProbe = z.infer<typeof progressProbe>;

const probe = z.union([progressProbe, httpCheck, mqttCheck, commandCheck]);
/** Told apart by their key. */
export type Probe = z.infer<typeof probe>;

/** What an active instance does while the store of the leases does not answer. */
export const storeLostChoices = ['demote', 'confirm'] as const;
export type StoreLost = (typeof storeLostChoices)[number];

export const failover = z.strictObject({
	probes: z
		.array(probe)
		.default([])
		.describe(
			'In hot-spare mode: what shows that the active instance makes progress: `{ progress: Plant, withinMs: 30000 }`, or checks as under `checks`. Its runner makes them.',
		),
	probeEveryMs: z.int().min(500).max(DAY_MS).default(10_000).describe('Between two rounds of probes, and the longest that one may take.'),
	failAfter: z
		.int()
		.min(1)
		.max(100)
		.default(3)
		.describe('So many rounds in a row must fail before the instance counts as stuck, is ended, and a spare takes over.'),
	switches: z
		.strictObject({
			most: z.int().min(1).max(1000).default(3).describe('So often at most ...'),
			withinMs: z.int().min(1000).max(DAY_MS).default(600_000).describe('... within this time.'),
		})
		.prefault({})
		.describe('How often stuck instances may take turns: past that, what all of them fail is not theirs to mend, and is only reported.'),
	storeLost: z
		.enum(storeLostChoices)
		.default('demote')
		.describe(
			'While the state database does not answer. demote: the active instance ends before its lease does; confirm: it goes on as long as every other instance of the environment agrees to leave the seat alone.',
		),
});
export type FailoverSettings = z.infer<typeof failover>;
