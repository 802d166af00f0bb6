import fc from 'fast-check';
import { generateFlows } from '../../bench/flows/generate.ts';
import { createRandom } from '../../bench/flows/random.ts';
import { checkInvariants } from './invariants.ts';
import { codes, ids, oddValues, properties, types } from './oddities.ts';

const seed = Number(process.env.FLOWFERRY_FUZZ_SEED ?? Date.now() % 2 ** 31);

const value = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom(...oddValues) },
	{ weight: 2, arbitrary: fc.constantFrom(...ids) },
	{ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
const wires = fc.array(fc.array(fc.constantFrom(...ids), { maxLength: 3 }), { maxLength: 3 });
const node = fc
	.record({
		id: fc.constantFrom(...ids),
		type: fc.constantFrom(...types),
		z: fc.option(fc.constantFrom(...ids), { nil: undefined }),
		wires: fc.option(wires, { nil: undefined }),
		func: fc.option(fc.constantFrom(...codes), { nil: undefined }),
		others: fc.dictionary(fc.constantFrom(...properties), value, { maxKeys: 6 }),
	})
	.map(({ others, ...fields }) => ({ ...fields, ...others }));
const flows = fc.uniqueArray(node, { selector: ({ id }) => String(id), maxLength: ids.length });

describe('any flows', () => {
	it('are refused, or linted with findings that hold', () => {
		const parameters = { seed, numRuns: 2000, interruptAfterTimeLimit: 15_000 };
		let linted = 0;
		// fast-check prints the seed and the smallest counterexample; FLOWFERRY_FUZZ_SEED gives the same run again.
		fc.assert(
			fc.property(flows, fc.integer(), (nodes, order) => {
				if (checkInvariants(JSON.stringify(nodes), createRandom(order)) === 'linted') linted++;
			}),
			parameters,
		);
		expect(linted).toBeGreaterThan(100);
	});

	it('that look real are linted', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 300 }), fc.integer(), (count, order) => {
				expect(checkInvariants(JSON.stringify(generateFlows(count, order)), createRandom(order))).toBe('linted');
			}),
			{ seed, numRuns: 30, interruptAfterTimeLimit: 10_000 },
		);
	});

	it('may be any text', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json({ maxDepth: 4 })), (text) => {
				checkInvariants(text, createRandom(1));
			}),
			{ seed, numRuns: 1000, interruptAfterTimeLimit: 5000 },
		);
	});
});
