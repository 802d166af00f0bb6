import { carriesToken } from '../../../src/gateway/bearer.ts';

describe('the bearer token', () => {
	it('is accepted as it is, and in no other form', () => {
		expect(carriesToken('Bearer secret', 'secret')).toBe(true);
		for (const header of [undefined, '', 'secret', 'Bearer', 'Bearer ', 'Bearer secret2', 'Bearer secre', 'Basic secret']) {
			expect(carriesToken(header, 'secret')).toBe(false);
		}
	});
});
