import { carryContext, pairInstances } from '../../../src/lib/cutover/carry-context.ts';
import { emptyReport } from '../../../src/lib/cutover/context.ts';
import { warningsOf } from '../../../src/lib/cutover/promotion-warnings.ts';
import type { ContextExport, ContextLeft, Instance } from '../../../src/lib/targets/instance.ts';

const named = (name: string, more: Partial<Instance> = {}) => ({ name, ...more }) as Instance;
const policy = { carry: true, except: ['global.cache'], maxBytes: 100 };

describe('the counterpart of an old instance', () => {
	it('is the one to be active in hot-spare mode', () => {
		const [old, next] = [named('blue/1'), named('green/0')];
		expect(pairInstances([old], [next], 'hot-spare')).toEqual([{ from: old, to: next }]);
	});

	it('is the one of the same number in load-balanced mode, whatever their order', () => {
		const [old, next] = [
			[named('blue/0'), named('blue/1'), named('blue/10')],
			[named('green/1'), named('green/0')],
		];
		const pairs = pairInstances(old, next, 'load-balanced');
		expect(pairs.map(({ from, to }) => [from.name, to?.name])).toEqual([
			['blue/0', 'green/0'],
			['blue/1', 'green/1'],
			['blue/10', undefined],
		]);
	});
});

describe('context', () => {
	const exported = (values: string, left: ContextLeft[] = []): ContextExport => ({
		values,
		excepted: 1,
		left,
		stores: [{ name: 'file', module: 'localfilesystem' }],
	});

	it('goes from each instance to its counterpart, and the sum is told', async () => {
		const asked: unknown[] = [];
		const from = (name: string, result: ContextExport) =>
			named(name, {
				exportContext: async (options) => {
					asked.push(options);
					return result;
				},
			});
		const to = (name: string) =>
			named(name, {
				importContext: async (values) => ({ carried: values.length, bytes: 10, left: [{ scope: 'flow.A', key: values, why: 'gone' }] }),
			});
		const report = await carryContext(
			[
				{ from: from('blue/0', exported('one')), to: to('green/0') },
				{ from: from('blue/1', exported('three', [{ scope: 'global', key: 'f', why: 'a function' }])), to: to('green/1') },
				{ from: from('blue/2', exported('')), to: null },
			],
			policy,
			500,
		);
		expect(asked).toEqual(Array(2).fill({ except: ['global.cache'], maxBytes: 100, timeoutMs: 500 }));
		expect(report).toEqual({
			carried: 8,
			bytes: 20,
			excepted: 2,
			stores: [{ name: 'file', module: 'localfilesystem' }],
			left: [
				{ scope: 'flow.A', key: 'one', why: 'gone' },
				{ scope: 'global', key: 'f', why: 'a function' },
				{ scope: 'flow.A', key: 'three', why: 'gone' },
				{ scope: 'all', key: '*', why: 'blue/2 has no counterpart that could go on' },
			],
		});
	});

	it('that could not be read fails the cutover, which goes back', async () => {
		const status = async () => ({}) as Awaited<ReturnType<Instance['status']>>;
		const silent = named('blue/0', { status, exportContext: () => Promise.reject(new Error('no answer')) });
		await expect(carryContext([{ from: silent, to: named('green/0') }], policy, 500)).rejects.toThrow('no answer');
	});
});

describe('context of an instance whose runner died', () => {
	it('is gone with it, and that is told', async () => {
		const dead = named('blue/0', { status: async () => null, exportContext: () => Promise.reject(new Error('no answer')) });
		expect(await carryContext([{ from: dead, to: named('green/0') }], policy, 500)).toMatchObject({
			carried: 0,
			left: [{ scope: 'all', key: '*', why: 'the runner of blue/0 has ended, and with it what it had' }],
		});
	});
});

describe('warnings', () => {
	const names = { old: 'the old release', next: 'the new release' };

	it('name what was not carried over, ten keys at most, and stores that keep their own', () => {
		const left = Array.from({ length: 12 }, (_, index) => ({ scope: 'global', key: `k${index}`, why: 'a function' }));
		const context = { carried: 0, bytes: 0, left, excepted: 0, stores: [{ name: 'file', module: 'localfilesystem' }] };
		const warnings = warningsOf({ ...emptyReport(), context }, names);
		expect(warnings).toHaveLength(12);
		expect(warnings[0]).toBe('context global.k0 was not carried over: a function');
		expect(warnings.slice(-2)).toEqual([
			'2 more context keys were not carried over; --json lists them',
			"the context store 'file' (localfilesystem) keeps its contents itself: nothing of it was carried over",
		]);
	});

	it('say why something was left inside', () => {
		const node = { id: 'n', type: 'delay', name: 'wait', messages: 2 };
		const report = {
			...emptyReport(),
			drained: false,
			left: [
				{ ...node, kind: 'outstanding by design', until: 'their time came' } as const,
				{ ...node, kind: 'never completes' } as const,
				{ ...node, messages: 0, kind: 'still receiving' } as const,
			],
		};
		expect(warningsOf(report, names)).toEqual([
			"2 message(s) were still in delay 'wait' at the drain's deadline and were lost with the old release: by design, it kept them until their time came",
			"2 message(s) were still in delay 'wait' at the drain's deadline and were lost with the old release, or only never reported: it has not completed any message since its start",
			"messages still went through delay 'wait' at the drain's deadline: some may have been lost with the old release",
		]);
	});

	it('say of a Node-RED that is not known that it was stopped as it was, and why', () => {
		const warnings = warningsOf({ ...emptyReport(), drained: false, unknownFields: ['node._flow', 'flow.activeNodes'] }, names);
		expect(warnings).toEqual([expect.stringMatching(/not known \(it has no node\._flow, flow\.activeNodes\): it was stopped as it was/)]);
	});
});
