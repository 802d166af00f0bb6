import { environmentOf } from '../../../src/lib/config/environment-of.ts';
import { parseConfig } from '../../../src/lib/config/load.ts';

const dev = 'dev: { url: http://localhost:1880 }\n';
const one = parseConfig(`${dev}environments: { production: { mode: load-balanced } }`, 'f', {});
const two = parseConfig(`${dev}environments: { staging: { mode: hot-spare }, production: { mode: hot-spare, instances: 3 } }`, 'f', {});

describe('environmentOf', () => {
	it('takes the only one when none is named', () => {
		expect(environmentOf(one)).toMatchObject({ name: 'production', instances: 2 });
	});

	it('takes the named one, with its defaults decided', () => {
		expect(environmentOf(two, 'staging')).toMatchObject({ name: 'staging', instances: 2 });
		expect(environmentOf(two, 'production').instances).toBe(3);
	});

	it('shares the context where another instance may go on with the work', () => {
		const storeOf = (keys: string) => environmentOf(parseConfig(`${dev}environments: { production: { ${keys} } }`, 'f', {})).context.store;
		expect(storeOf('mode: hot-spare, instances: 2')).toBe('sqlite');
		expect(storeOf('mode: hot-spare, instances: 2, context: { store: memory }')).toBe('memory');
		expect(storeOf('mode: hot-spare')).toBe('sqlite');
		expect(storeOf('mode: hot-spare, instances: 1')).toBe('memory');
		expect(storeOf('mode: hot-spare, instances: 1, context: { store: sqlite }')).toBe('sqlite');
		expect(storeOf('mode: load-balanced')).toBe('memory');
		expect(storeOf('mode: hot-spare, target: kubernetes')).toBe('memory');
		expect(() => storeOf('mode: load-balanced, context: { store: sqlite }')).toThrow(
			'environments.production.context.store: cannot be sqlite in load-balanced mode',
		);
	});

	it('asks for a name where there are several', () => {
		expect(() => environmentOf(two)).toThrow('There are 2 environments: staging, production');
	});

	it.each(['prodution', '__proto__', 'elsewhere'])('lists the known ones for %s', (name) => {
		expect(() => environmentOf(two, name)).toThrow(/has staging, production/);
	});

	it.each<[string, object | null]>([
		['mode: load-balanced', { timers: true, sources: [], except: [] }],
		['mode: load-balanced, primary: { sources: [cronplus] }', { timers: true, sources: ['cronplus'], except: [] }],
		['mode: load-balanced, primary: { timers: false }', null],
		['mode: load-balanced, instances: 1', null],
		['mode: hot-spare, instances: 2', null],
	])('decides what the primary has: %s', (keys, primary) => {
		expect(environmentOf(parseConfig(`${dev}environments: { production: { ${keys} } }`, 'f', {})).primary).toEqual(primary);
	});
});
