import { handsOutCopies, reachOfStore, withSharedStore } from '../../../src/lib/lint/context-stores.ts';

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

describe('the store that instances share', () => {
	it("is the default where the user's settings have none, and is there by its name where they have", () => {
		for (const stores of [withSharedStore(undefined), withSharedStore({}), withSharedStore({ default: 'flowferry' })]) {
			expect([null, 'flowferry', 'elsewhere'].map((name) => reachOfStore(stores, name))).toEqual(['shared', 'shared', 'shared']);
			expect(handsOutCopies(stores, null)).toBe(true);
		}
		const beside = withSharedStore(settings);
		expect([null, 'disk', 'flowferry'].map((name) => reachOfStore(beside, name))).toEqual(['process', 'machine', 'shared']);
		expect([null, 'redis', 'flowferry'].map((name) => handsOutCopies(beside, name))).toEqual([false, false, true]);
		expect(reachOfStore(withSharedStore({ flowferry: { module: 'memory' } }), 'flowferry')).toBe('process');
		expect(handsOutCopies(undefined, null)).toBe(false);
	});
});
