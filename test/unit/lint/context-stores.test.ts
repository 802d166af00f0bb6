import { reachOfStore } from '../../../src/lib/lint/context-stores.ts';

const settings = {
	default: 'memoryOnly',
	memoryOnly: { module: 'memory' },
	disk: { module: 'localfilesystem' },
	redis: { module: 'node-red-context-redis' },
	own: { module: { load: 1 }, shared: true },
	odd: { module: 'something' },
};

describe('reachOfStore', () => {
	it.each([
		[undefined, null, 'process'],
		[undefined, 'default', 'process'],
		[undefined, 'memoryOnly', 'process'],
		[undefined, 'file', 'unknown'],
		[{}, null, 'process'],
		[settings, null, 'process'],
		[settings, 'default', 'process'],
		[settings, 'disk', 'machine'],
		[settings, 'redis', 'shared'],
		[settings, 'own', 'shared'],
		[settings, 'odd', 'unknown'],
		[settings, 'not there', 'process'],
		[{ first: { module: 'localfilesystem' }, second: { module: 'memory' } }, null, 'machine'],
		[{ default: { module: 'node-red-context-redis', shared: false } }, null, 'machine'],
		[{ default: 'constructor' }, null, 'unknown'],
	] as const)('with %j, the store %j: %s', (stores, name, reach) => {
		expect(reachOfStore(stores, name)).toBe(reach);
	});
});
