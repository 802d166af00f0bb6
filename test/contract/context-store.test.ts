import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { createSharedEnvironment, type SharedEnvironment } from '../support/shared-context.ts';

/** One context object of Node-RED's, as function nodes have it. */
interface Context {
	get(key: string | string[], store?: unknown, callback?: unknown): unknown;
	set(key: string | string[], value: unknown, store?: unknown, callback?: unknown): void;
	keys(store?: unknown, callback?: unknown): unknown;
}
interface NodeRedContext {
	init(settings: object): void;
	load(): Promise<void>;
	get(id: string, flow?: string): Context;
	getFlowContext(id: string, parent: string): Context;
	clear(): Promise<void>;
	close(): Promise<void>;
	delete(id: string, flow?: string): Promise<void>;
	listStores(): { default: string; stores: string[] };
}

const seed = { functionGlobalContext: { fromSettings: { version: 1 } } };
const kinds = ['memory', 'ours, active', 'ours, behind a gate'] as const;

/** What flows may expect of a context store, asked of Node-RED's own and of ours, through Node-RED's own context. */
describe.each(['node-red', 'node-red-4'])('context of %s', (program) => {
	describe.each(kinds)('in a store: %s', (kind) => {
		let environment: SharedEnvironment;
		let context: NodeRedContext;
		let global: Context;
		let flow: Context;
		let node: Context;
		beforeEach(async () => {
			environment = await createSharedEnvironment();
			const { store, activate } = environment.closedInstance('blue/0');
			const require = createRequire(fileURLToPath(new URL(`../../node_modules/${program}/red.js`, import.meta.url)));
			jest.resetModules();
			context = require('@node-red/runtime/lib/nodes/context') as NodeRedContext;
			const module = kind === 'memory' ? 'memory' : () => store;
			context.init({ ...seed, contextStorage: { default: 'kept', kept: { module, config: {} }, other: { module: 'memory' } } });
			await context.load();
			if (kind === 'ours, active') await activate();
			global = context.get('global');
			flow = context.getFlowContext('flow', 'global');
			node = context.get('node', 'flow');
		});
		afterEach(async () => {
			await context.close();
			await environment.remove();
		});

		it('gives what was set, and nothing for what was not', () => {
			for (const [index, scope] of [global, flow, node].entries()) {
				expect(scope.get('n')).toBeUndefined();
				scope.set('n', index);
				expect(scope.get('n')).toBe(index);
			}
			expect(context.listStores()).toEqual({ default: 'kept', stores: ['kept', 'other'] });
		});

		it('keeps what is false, empty or null, and forgets what is set to undefined', () => {
			for (const value of [0, false, '', null, [], {}]) {
				flow.set('value', value);
				expect(flow.get('value')).toEqual(value);
			}
			flow.set('value', undefined);
			expect([flow.get('value'), flow.keys()]).toEqual([undefined, []]);
			flow.set('never', undefined);
			expect(flow.keys()).toEqual([]);
		});

		it('takes paths into a value', () => {
			flow.set('plant.pumps[1].name', 'north');
			flow.set('plant["the key"]', 1);
			expect(flow.get('plant')).toEqual({ pumps: [undefined, { name: 'north' }], 'the key': 1 });
			expect([flow.get('plant.pumps[1].name'), flow.get('plant.pumps[7].name'), flow.get('plant.no.such')]).toEqual([
				'north',
				undefined,
				undefined,
			]);
			flow.set('plant.pumps[0]', undefined);
			flow.set('plant["the key"]', undefined);
			expect(flow.get('plant')).toEqual({ pumps: [{ name: 'north' }] });
			// Nothing can be put into a number.
			flow.set('n', 1);
			flow.set('n.of.it', 2);
			expect(flow.get('n')).toBe(1);
			expect(flow.keys()).toEqual(['plant', 'n']);
		});

		it.each(['', 'a..b', 'a[', '.a', "a['b"])('refuses what is no key: %j', (key) => {
			// In a scope without contents, Node-RED's own does not look at the key.
			flow.set('known', 1);
			expect(() => flow.get(key)).toThrow();
			expect(() => flow.set(key, 1)).toThrow();
			const answered: unknown[] = [];
			flow.get(key, (error: unknown) => answered.push(error));
			flow.set(key, 1, (error: unknown) => answered.push(error));
			expect(answered).toEqual([expect.any(Error), expect.any(Error)]);
		});

		it('takes several keys at once', () => {
			flow.set(['a', 'b.c', 'd', 'e'], [1, 2, undefined]);
			expect(flow.get(['a', 'b', 'd', 'e', 'b.c'])).toEqual([1, { c: 2 }, undefined, null, 2]);
			flow.set(['a', 'b'], 'one value');
			expect(flow.get(['a', 'b'])).toEqual(['one value', null]);
			flow.set(['list.a', 'list.b', 'list'], [1, 2]);
			expect(flow.get('list')).toBeNull();
			flow.set(['list', 'list.a', 'list.b'], [{}, 1, 2]);
			expect(flow.get('list')).toEqual({ a: 1, b: 2 });
		});

		it('answers callbacks, too', () => {
			const answers: unknown[][] = [];
			const answer = (...values: unknown[]) => answers.push(values.map((value) => value ?? null));
			flow.set('a', 1, answer);
			flow.set(['b', 'c'], [2, 3], answer);
			flow.get('a', answer);
			flow.get(['a', 'b', 'x'], answer);
			flow.keys(answer);
			expect(answers.map(([error]) => error ?? null)).toEqual([null, null, null, null, null]);
			expect(answers.slice(2).map(([, ...values]) => values)).toEqual([[1], [1, 2, null], [['a', 'b', 'c']]]);
		});

		it('lists the keys of a scope, in the global one with those of the settings, and hides what Node-RED hides', () => {
			global.set(['a', 'set', 'get', 'keys'], [1, 2, 3, 4]);
			flow.set(['set'], [1]);
			expect([global.keys(), flow.keys(), node.keys()]).toEqual([['fromSettings', 'a'], ['set'], []]);
			expect(global.get('fromSettings.version')).toBe(1);
			global.set('fromSettings', 2);
			expect(global.get('fromSettings')).toBe(2);
		});

		it('keeps stores, scopes and nodes apart', () => {
			flow.set('n', 1);
			flow.set('n', 2, 'other');
			context.getFlowContext('flow2', 'global').set('n', 3);
			context.get('node', 'flow2').set('n', 4);
			node.set('n', 5);
			node.set('$parent.n', 6);
			expect([flow.get('n'), flow.get('n', 'other'), node.get('n'), context.get('node', 'flow2').get('n')]).toEqual([1, 2, 5, 4]);
			flow.set('$parent.n', 7);
			expect(global.get('n')).toBe(7);
		});

		it("keeps a node's context when the node stops, and deletes the global one when it is told to", async () => {
			node.set('n', 1);
			global.set('n', 1);
			await context.delete('node', 'flow');
			expect(node.get('n')).toBe(1);
			await context.delete('global');
			expect(context.get('global').get('n')).toBeUndefined();
		});

		it('bears names that objects have', () => {
			for (const key of ['constructor', 'hasOwnProperty', 'length']) {
				flow.set(key, key);
				expect(flow.get(key)).toBe(key);
				flow.set(key, undefined);
			}
			expect(flow.keys()).toEqual([]);
		});
	});
});
