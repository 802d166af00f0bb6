import { z } from 'zod';

/** The part of an environment's schema that says what fires on one instance alone. */

const pins = z.array(z.string().min(1)).default([]);

export const primary = z.strictObject({
	timers: z
		.boolean()
		.default(true)
		.describe('Whether inject nodes fire on the primary alone, at intervals, by timetables and at the start; else on every instance.'),
	sources: pins.describe(
		'What else goes out on the primary alone: ids, names or types of nodes, ids or names of flows and subflows for all sources in them; `*` stands for any text.',
	),
	except: pins.describe('What fires on every instance all the same, such as an inject that fills a context; named as in sources.'),
});
