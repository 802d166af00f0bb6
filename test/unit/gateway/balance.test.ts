import { orderForTurn } from '../../../src/gateway/balance.ts';

const upstreams = ['a', 'b', 'c'].map((instance) => ({ instance, url: `http://${instance}` }));
const names = (turn: number) => orderForTurn(upstreams, turn).map(({ instance }) => instance);

describe('the balance', () => {
	it('begins with another upstream at each turn, and has all the others behind it', () => {
		expect([0, 1, 2, 3].map(names)).toEqual([
			['a', 'b', 'c'],
			['b', 'c', 'a'],
			['c', 'a', 'b'],
			['a', 'b', 'c'],
		]);
	});

	it('is empty without upstreams', () => {
		expect(orderForTurn([], 7)).toEqual([]);
	});
});
