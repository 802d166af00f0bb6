import { checkTypes } from '../../../src/lib/lint/catalogue/check-types.ts';
import { catalogue, createLookup, findKnowledge } from '../../../src/lib/lint/catalogue/index.ts';
import { isCompeting } from '../../../src/lib/lint/catalogue/knowledge.ts';

describe('catalogue', () => {
	it('knows each type once', () => {
		const types = catalogue.flatMap((knowledge) => knowledge.types);
		expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
	});

	it('says nothing of inert types', () => {
		for (const { inert, emits, keeps, acts } of catalogue)
			if (inert) expect([emits, keeps, acts]).toEqual([undefined, undefined, undefined]);
	});

	it('is as strict with its own entries as with those of a team', () => {
		expect(() => checkTypes(catalogue, 'catalogue')).not.toThrow();
	});

	it('names file and line, or at least a file, where something was read', () => {
		for (const { types, evidence } of catalogue)
			if (evidence !== undefined) expect(`${types[0]}: ${evidence}`).toMatch(/[\w/.-]+\.(?:[cm]?js|ts)(?::\d+)?$/);
	});

	it('finds types by name, by prefix, and not at all', () => {
		expect(findKnowledge('mqtt in')?.emits).toBe('subscription');
		expect(findKnowledge('victron-input-battery')?.binds?.to).toBe('hardware');
		expect(findKnowledge('cip-subscribe')?.emits).toBe('poll');
		expect(findKnowledge('of-my-own')).toBeUndefined();
		expect(findKnowledge('constructor')).toBeUndefined();
	});

	it('takes the longest prefix, and a whole name before any', () => {
		const entries = [
			{ types: ['a-*'], module: 'short' },
			{ types: ['a-b-*'], module: 'long' },
			{ types: ['a-b-c'], module: 'whole' },
		];
		const lookUp = createLookup(entries);
		expect(['a-x', 'a-b-x', 'a-b-c'].map((type) => lookUp(type)?.module)).toEqual(['short', 'long', 'whole']);
	});

	it("lets a team's entry stand before its own", () => {
		const lookUp = createLookup([{ types: ['smooth'], module: 'mine' }]);
		expect(lookUp('smooth')).toEqual({ types: ['smooth'], module: 'mine' });
		expect(lookUp('mqtt in')?.emits).toBe('subscription');
	});
});

describe('isCompeting', () => {
	it.each([
		['kafkajs-consumer', { groupid: 'plant' }, true],
		['kafkajs-consumer', { groupid: '' }, false],
		['kafkajs-consumer', {}, false],
		['amqp in', { iotype: '4' }, true],
		['amqp in', { iotype: '1' }, false],
		['redis-in', { command: 'blpop' }, true],
		['redis-in', { command: 'subscribe' }, false],
		['google-cloud-pubsub in', {}, true],
		['server-state-changed', {}, false],
	])('%s with %j: %s', (type, node, expected) => {
		expect(isCompeting(node, findKnowledge(type) as NonNullable<ReturnType<typeof findKnowledge>>)).toBe(expected);
	});
});

describe('checkTypes', () => {
	it('makes entries of what a file says', () => {
		expect(
			checkTypes(
				[
					{ type: 'a', keeps: 'its count' },
					{ types: ['b', 'c*'], module: 'm', emits: 'poll' },
				],
				'lint.types',
			),
		).toEqual([
			{ types: ['a'], module: 'of your own', keeps: 'its count', evidence: 'lint.types[0]' },
			{ types: ['b', 'c*'], module: 'm', emits: 'poll', evidence: 'lint.types[1]' },
		]);
	});

	it.each<[string, unknown, string]>([
		['no list', {}, 'lint.types is not a list'],
		['no entry', [7], 'lint.types[0] is not an entry'],
		['no type', [{ keeps: 'x' }], 'names no type'],
		['an unknown key', [{ type: 'a', kepes: 'x' }], "the key 'kepes'"],
		['an inherited key', [{ type: 'a', constructor: 'x' }], "the key 'constructor'"],
		['an unknown emission', [{ type: 'a', emits: 'often' }], 'lint.types[0].emits must be one of schedule'],
		['an unknown mode', [{ type: 'a', verdicts: { both: 'safe' } }], 'lint.types[0].verdicts must be'],
		['a bad binding', [{ type: 'a', binds: { to: 'me', what: 'x' } }], 'lint.types[0].binds must be'],
	])('refuses %s', (_name, value, message) => {
		expect(() => checkTypes(value, 'lint.types')).toThrow(message);
	});
});
