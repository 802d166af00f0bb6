import { readTrafficOrder } from '../../../src/gateway/traffic-order.ts';

const read = readTrafficOrder;
const upstream = { instance: 'blue/0', url: 'http://127.0.0.1:40123' };

describe('the traffic order', () => {
	it.each([
		{ state: 'closed' },
		{ state: 'held', limits: { maxMs: 1, maxRequests: 1 } },
		{ state: 'flowing', upstreams: [upstream, { instance: 'blue/1', url: 'http://[::1]:80' }] },
	])('reads %j', (order) => {
		expect(read(order)).toEqual({ order });
	});

	it('drops what it does not know', () => {
		expect(read({ state: 'flowing', upstreams: [{ ...upstream, weight: 3 }], more: 1 })).toEqual({
			order: { state: 'flowing', upstreams: [upstream] },
		});
	});

	it.each<[unknown, string]>([
		[null, 'the body must be an object'],
		[[], 'the body must be an object'],
		[{ state: 'open' }, 'state'],
		[{ state: 'held' }, 'limits'],
		[{ state: 'held', limits: { maxMs: 0, maxRequests: 1 } }, 'limits.maxMs'],
		[{ state: 'held', limits: { maxMs: 2 ** 31, maxRequests: 1 } }, 'limits.maxMs'],
		[{ state: 'held', limits: { maxMs: 1, maxRequests: 1.5 } }, 'limits.maxRequests'],
		[{ state: 'flowing', upstreams: [] }, 'upstreams'],
		[{ state: 'flowing', upstreams: [{ ...upstream, instance: '' }] }, 'upstreams[0].instance'],
		[{ state: 'flowing', upstreams: [upstream, upstream] }, 'twice'],
		...['https://a', 'http://a/', 'http://a/b', 'http://u:p@a', 'a', 7].map((url): [unknown, string] => [
			{ state: 'flowing', upstreams: [upstream, { instance: 'b', url }] },
			'upstreams[1].url',
		]),
	])('refuses %j', (body, place) => {
		expect(read(body)).toEqual({ reason: expect.stringContaining(place) });
	});

	it('refuses what is not JSON', () => {
		expect(readTrafficOrder('{')).toEqual({ reason: 'the body must be an object' });
	});
});
