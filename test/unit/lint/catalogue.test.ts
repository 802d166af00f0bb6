import { catalogue, findKnowledge } from '../../../src/lib/lint/catalogue/index.ts';

describe('catalogue', () => {
	it('knows each type once', () => {
		const types = catalogue.flatMap((knowledge) => knowledge.types);
		expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
	});

	it('says nothing of inert types', () => {
		for (const { inert, emits, keeps, binds, acts } of catalogue)
			if (inert) expect([emits, keeps, binds, acts]).toEqual([undefined, undefined, undefined, undefined]);
	});

	it('finds types by name, by prefix, and not at all', () => {
		expect(findKnowledge('mqtt in')?.emits).toBe('subscription');
		expect(findKnowledge('victron-input-battery')?.binds?.to).toBe('hardware');
		expect(findKnowledge('cip-subscribe')?.emits).toBe('poll');
		expect(findKnowledge('of-my-own')).toBeUndefined();
		expect(findKnowledge('constructor')).toBeUndefined();
	});
});
