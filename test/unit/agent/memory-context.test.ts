import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { findContextStores, UnknownContext } from '../../../src/agent/context-stores.ts';
import { MemoryContext } from '../../../src/agent/memory-context.ts';
import type { NodeConfig } from '../../../src/agent/node-red.ts';
import { sharedContext } from '../../../src/agent/shared-context.ts';
import { createSharedEnvironment } from '../../support/shared-context.ts';

/** Node-RED's own context, of a version; a copy of its own for each call, as in a process of its own. */
async function nodeRed(program: 'node-red' | 'node-red-4', settings: Record<string, unknown> = {}) {
	const require = createRequire(fileURLToPath(new URL(`../../../node_modules/${program}/red.js`, import.meta.url)));
	jest.resetModules();
	const context = require('@node-red/runtime/lib/nodes/context');
	context.init(settings);
	await context.load();
	const loaded = new Map(Object.entries({ context, memory: require('@node-red/runtime/lib/nodes/context/memory') }));
	const requireAsAgent = (module: string): unknown => loaded.get(module.split('/').at(-1) as string) ?? require(module);
	return { context, memory: new MemoryContext(() => findContextStores(settings, requireAsAgent)) };
}

const flows: NodeConfig[] = [
	{ id: 'tab', type: 'tab', label: 'Plant' },
	{ id: 'fn', type: 'function', z: 'tab', name: 'count' },
	{ id: 'sub', type: 'subflow:def', z: 'tab', name: 'Pump' },
];
const all = { except: [], maxBytes: 1_000_000 };

describe.each(['node-red', 'node-red-4'] as const)('context in the memory of %s', (program) => {
	it('goes into another instance: global, flow and node, and what is inside a subflow', async () => {
		const [old, next] = [await nodeRed(program), await nodeRed(program)];
		const shared = { n: 1 };
		old.context.get('global').set('total', shared);
		old.context.getFlowContext('tab', 'global').set('alias', shared);
		old.context.get('fn', 'tab').set('list', [1, 2]);
		old.context.getFlowContext('sub', 'tab').set('level', 3);
		old.context.get('def-fn', 'sub').set('n', 4);
		const known = [...flows, { id: 'def-fn', type: 'function', z: 'def' }];
		const { values, left } = old.memory.export(known, all);
		expect(left).toEqual([]);
		expect(next.context.get('global').keys()).toEqual([]);
		expect(next.memory.import(known, values, false)).toEqual({ carried: 5, bytes: expect.any(Number), left: [] });

		expect(next.context.get('fn', 'tab').get('list')).toEqual([1, 2]);
		expect(next.context.getFlowContext('sub', 'tab').get('level')).toBe(3);
		expect(next.context.get('def-fn', 'sub').get('n')).toBe(4);
		const total = next.context.get('global').get('total');
		expect(total).toEqual({ n: 1 });
		// Two keys that shared an object go on sharing it.
		expect(next.context.getFlowContext('tab', 'global').get('alias')).toBe(total);
	});

	it('survives a stop of the flows, at which Node-RED forgets the context of nodes', async () => {
		const { context, memory } = await nodeRed(program);
		context.get('fn', 'tab').set('n', 1);
		const putBack = memory.remember();
		// As a function's On Stop code may do.
		context.get('fn', 'tab').set('last', 2);
		await context.delete('fn', 'tab');
		expect(context.get('fn', 'tab').keys()).toEqual([]);
		putBack();
		expect([context.get('fn', 'tab').get('n'), context.get('fn', 'tab').get('last')]).toEqual([1, 2]);
	});

	it('leaves out what settings give each instance, and what other stores keep', async () => {
		const settings = {
			functionGlobalContext: { library: { version: 1 }, os: process },
			contextStorage: {
				default: 'memoryOnly',
				memoryOnly: { module: 'memory' },
				file: { module: 'localfilesystem', config: { dir: '/nowhere', cache: false } },
			},
		};
		const { context, memory } = await nodeRed(program, settings);
		context.get('global').set('total', 1);
		const exported = memory.export(flows, all);
		expect(exported).toMatchObject({ left: [], stores: [{ name: 'file', module: 'localfilesystem' }] });
		expect((await nodeRed(program)).memory.import(flows, exported.values, false)).toMatchObject({
			carried: 0,
			left: [{ scope: 'global', key: 'total', why: "the new release keeps no context store 'memoryOnly' in memory" }],
		});
		const next = await nodeRed(program, settings);
		expect(next.memory.import(flows, exported.values, false)).toMatchObject({ carried: 1, left: [] });
	});
});

describe('into a release whose instances share their context', () => {
	it('goes what the old release kept in memory, but for what the new flows have set; other stores do not mix', async () => {
		const environment = await createSharedEnvironment();
		try {
			const { store } = await environment.instance('green/0');
			sharedContext.store = store;
			const module = Object.assign(() => store, { isShared: true });
			const old = await nodeRed('node-red');
			old.context.get('global').set(['total', 'setting'], [1, 'old']);
			old.context.get('fn', 'tab').set('n', 2);
			const { values } = old.memory.export(flows, all);
			const next = await nodeRed('node-red', { contextStorage: { default: 'flowferry', flowferry: { module } } });
			next.context.get('global').set('setting', 'new');
			expect(next.memory.import(flows, values, true)).toMatchObject({
				carried: 2,
				left: [{ scope: 'global', key: 'setting', why: 'the new flows have set it' }],
			});
			expect(next.context.get('global').get(['total', 'setting'])).toEqual([1, 'new']);
			expect(next.context.get('fn', 'tab').get('n')).toBe(2);
			// What is shared is not carried from here, and no other keeper either.
			expect(next.memory.export(flows, all)).toEqual({ values: '', excepted: 0, left: [], stores: [] });

			// Not the default: whoever named no store does not mean it.
			const beside = await nodeRed('node-red', { contextStorage: { default: { module: 'memory' }, flowferry: { module } } });
			expect(beside.memory.import(flows, values, false)).toMatchObject({ carried: 0, left: [{}, {}, {}] });
		} finally {
			sharedContext.store = null;
			await environment.remove();
		}
	});
});

describe('what is not carried over', () => {
	it('is told by key, with the reason', async () => {
		const { context, memory } = await nodeRed('node-red');
		context.get('global').set('handler', () => {});
		context.getFlowContext('tab', 'global').set('small', 'x');
		context.getFlowContext('tab', 'global').set('large', 'x'.repeat(500));
		const { values, left } = memory.export(flows, { except: [], maxBytes: 100 });
		expect(left).toEqual([
			{ scope: 'global', key: 'handler', why: 'a function' },
			{ scope: 'flow.Plant', key: 'large', why: expect.stringMatching(/^about 50\d bytes: more than context.maxBytes leaves$/) },
		]);
		const next = await nodeRed('node-red');
		expect(next.memory.import([], values, false)).toEqual({
			carried: 0,
			bytes: expect.any(Number),
			left: [{ scope: 'flow.Plant', key: 'small', why: 'the new flows do not have it' }],
		});
	});

	it('is what the configuration leaves out, by name or id, by key or scope', async () => {
		const { context, memory } = await nodeRed('node-red');
		for (const key of ['cacheA', 'cacheB', 'kept']) context.get('global').set(key, 1);
		for (const key of ['x', 'y']) context.getFlowContext('tab', 'global').set(key, 1);
		context.get('fn', 'tab').set('n', 1);
		const { values, excepted } = memory.export(flows, { ...all, except: ['global.cache*', 'flow.Plant.x', 'node.fn'] });
		expect(excepted).toBe(4);
		expect((await nodeRed('node-red')).memory.import(flows, values, false).carried).toBe(2);
	});

	it('stays in the other instance as it is there, while what was deleted goes there, too', async () => {
		const [old, next] = [await nodeRed('node-red'), await nodeRed('node-red')];
		for (const key of ['done', 'kept']) old.context.get('global').set(key, 1);
		old.context.get('global').set('handler', 'from the settings');
		next.memory.import(flows, old.memory.export(flows, { ...all, except: ['global.handler'] }).values, false);
		next.context.get('global').set('done', undefined);
		next.context.get('global').set('kept', 2);
		old.memory.import(flows, next.memory.export(flows, all).values, false);
		const global = old.context.get('global');
		expect(global.keys().toSorted()).toEqual(['handler', 'kept']);
		expect(global.get('kept')).toBe(2);
	});
});

describe('into flows that run behind a gate', () => {
	it('goes what is new, and nothing that they have set themselves since they started with an earlier copy', async () => {
		const [old, next] = [await nodeRed('node-red'), await nodeRed('node-red')];
		const [before, after] = [old.context.get('global'), next.context.get('global')];
		for (const key of ['counter', 'setting', 'list', 'removed']) before.set(key, [1]);
		next.memory.import(flows, old.memory.export(flows, all).values, false);
		after.set('setting', 'the new one');
		after.set('removed', undefined);
		before.set('counter', 2);
		before.get('list').push(2);
		before.set('late', 3);
		const { carried, left } = next.memory.import(flows, old.memory.export(flows, all).values, true);
		expect(carried).toBe(3);
		expect(left).toEqual([
			{ scope: 'global', key: 'setting', why: 'the new flows have set it' },
			{ scope: 'global', key: 'removed', why: 'the new flows have set it' },
		]);
		const keys = ['counter', 'setting', 'list', 'removed', 'late'];
		expect(keys.map((key) => after.get(key))).toEqual([2, 'the new one', [1, 2], undefined, 3]);
	});
});

describe('a Node-RED whose context is not known', () => {
	const unknown = new MemoryContext(() => {
		throw new UnknownContext('no such module');
	});

	it('says so, and loses nothing silently', async () => {
		expect(unknown.export(flows, all)).toMatchObject({ left: [{ scope: 'all', key: '*', why: expect.stringContaining('not known') }] });
		const old = await nodeRed('node-red');
		old.context.get('global').set('total', 1);
		expect(unknown.import(flows, old.memory.export(flows, all).values, false)).toMatchObject({
			carried: 0,
			left: [{ scope: 'global', key: 'total' }],
		});
		expect(() => unknown.remember()()).not.toThrow();
	});

	it.each([
		[
			'without the module',
			() => {
				throw new Error('not found');
			},
		], // prettier-ignore
		['without a list of stores', () => Object.assign(() => ({}), { get: () => ({ keys: () => [] }) })],
		['with a store that does not show its data', () => Object.assign(() => ({ keys: 1 }), { listStores: () => ({ stores: ['memory'] }) })],
	])('is recognised: %s', (_what, require) => {
		expect(() => findContextStores({}, require)).toThrow(UnknownContext);
	});
});
