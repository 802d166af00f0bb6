import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { examine } from '../../../src/agent/context-values.ts';

class Pool {}
class Table extends Map {}

const cycle: Record<string, unknown> = { name: 'a' };
cycle.self = cycle;
const deep: { inner?: unknown } = {};
for (let n = 0, at = deep; n < 50_000; n++) at = at.inner = {};

describe('a context value can be carried', () => {
	it.each<[string, unknown]>([
		['a string', 'text'],
		['a number', Number.NaN],
		['null', null],
		['a list with a hole', Object.assign([], { 0: 1, 2: 3 })],
		['an object with undefined in it', { a: undefined, b: [{ c: true }] }],
		['a BigInt', 12n],
		['a Map of a Set', new Map([[{ key: 1 }, new Set(['x'])]])],
		['a Date', new Date(0)],
		['an expression', /a+/g],
		['a Buffer', Buffer.from('abc')],
		['a typed array', new Float32Array(3)],
		['an ArrayBuffer', new ArrayBuffer(4)],
		['an error', new TypeError('no')],
		['an object without a prototype', Object.create(null)],
		['a cycle', cycle],
	])('%s', (_what, value) => {
		expect(examine(value)).toEqual({ portable: true, bytes: expect.any(Number) });
		expect(deserialize(serialize(value))).toEqual(value);
	});

	it('however deep it is', () => {
		expect(examine(deep)).toEqual({ portable: true, bytes: expect.any(Number) });
	});

	it('made by a function node, in a realm of its own', () => {
		const value = runInNewContext('({ list: [new Date(), new Map([[1, new Set()]]), new Uint8Array(2)], error: new Error("x") })');
		expect(examine(value).portable).toBe(true);
	});

	it('and about its size is known', () => {
		const { bytes } = examine({ buffer: Buffer.alloc(10_000), text: 'x'.repeat(5000) }) as { bytes: number };
		expect(bytes).toBeGreaterThan(15_000);
		expect(bytes).toBeLessThan(15_200);
	});
});

describe('a context value cannot be carried, and the reason names neither a value nor a key', () => {
	const secret = Symbol('hunter2');
	it.each<[string, unknown, string]>([
		['a function', () => 'hunter2', 'a function'],
		['a function within', { hunter2: [() => 'hunter2'] }, 'holds a function'],
		['an instance of a class', new Pool(), 'an instance of Pool'],
		['one in a Map', new Map([['hunter2', new Pool()]]), 'holds an instance of Pool'],
		['one whose class is derived from Map', new Table(), 'an instance of Table'],
		['a socket', new Socket(), 'an object with symbols for keys'],
		['an emitter', new EventEmitter(), expect.stringMatching(/^an (instance of EventEmitter|object with symbols for keys)$/) as string],
		['a promise', { work: Promise.resolve('hunter2') }, 'holds an instance of Promise'],
		['a WeakMap', new WeakMap(), 'an instance of WeakMap'],
		['a symbol', secret, 'a symbol'],
		['a proxy', new Proxy({}, {}), 'a proxy'],
		['a generator', (function* () {})(), 'an instance of a class'],
		['an error that knows more', Object.assign(new Error('hunter2'), { code: 'E' }), 'an error with properties of its own'],
		['a class of another realm', runInNewContext('class Remote {}; new Remote()'), 'an instance of Remote'],
		[
			'a property that throws',
			{
				get hunter2() {
					throw new Error('hunter2');
				},
			},
			'cannot be read',
		], // prettier-ignore
		['shared memory', new SharedArrayBuffer(8), 'an instance of SharedArrayBuffer'],
	])('%s', (_what, value, why) => {
		expect(examine(value)).toEqual({ portable: false, why });
	});
});
