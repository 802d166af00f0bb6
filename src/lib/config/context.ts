import { z } from 'zod';

/** The part of an environment's schema that says where Node-RED's context is kept. */

/** As base64 it must still fit into one string. */
const MAX_CONTEXT_BYTES = 256 * 1024 * 1024;

const contextStores = ['memory', 'sqlite'] as const;

export const context = z.strictObject({
	store: z
		.enum(contextStores)
		.optional()
		.describe(
			'Where context is kept whose store the settings do not name. memory: in each Node-RED; sqlite: in one file that all instances of a hot-spare environment share, so that it survives a failover. Default: sqlite in hot-spare mode with two instances or more, else memory; on Kubernetes always memory.',
		),
	durability: z
		.enum(['process', 'power'])
		.default('process')
		.describe(
			'What a write into the store `sqlite` survives once it is acknowledged. process: the death of any process; power: a power cut, too.',
		),
	carry: z
		.boolean()
		.default(true)
		.describe('Whether what Node-RED keeps in memory stores goes from the old instances to the new; else it begins anew.'),
	except: z
		.array(z.string().min(1))
		.default([])
		.describe('Keys and scopes that begin anew: `global.cache*`, `flow.Plant.total`, `node.*`; by name or id, `*` stands for any text.'),
	maxBytes: z
		.int()
		.min(1)
		.max(MAX_CONTEXT_BYTES)
		.default(32 * 1024 * 1024)
		.describe('How much of it goes from one instance to the next; what is too large is left behind, and reported.'),
});

/** Where Node-RED's context is kept. */
export type ContextStoreKind = (typeof contextStores)[number];
