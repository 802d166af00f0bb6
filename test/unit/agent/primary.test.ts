import { setTimeout as sleep } from 'node:timers/promises';
import type { PluginApi, RuntimeNode, SendEvent } from '../../../src/agent/node-red.ts';
import { Primary } from '../../../src/agent/primary.ts';
import type { SingletonSources } from '../../../src/agent/protocol.ts';
import { monotonicMs } from '../../../src/agent/time.ts';

type Result = false | undefined;
type Hook = (events: SendEvent[], done?: (result?: false) => void) => Promise<Result> | Result;

const timersOnly: SingletonSources = { timers: true, nodes: [], within: [], except: [] };
const node = (id: string, type = 'inject', more: object = {}) => ({ id, type, wires: [['x']], ...more }) as unknown as RuntimeNode;
const forLong = () => monotonicMs() + 60_000;

/** Node-RED's `onSend`: hooks in the order in which they were added; false ends a message. */
function runtime(readNews: () => Promise<void> = async () => {}) {
	const hooks = new Map<string, Hook>();
	const api = { hooks: { add: (name: string, hook: Hook) => hooks.set(name, hook), remove: (name: string) => hooks.delete(name) } };
	const primary = new Primary(api as unknown as PluginApi, readNews);
	/** Whether the message goes on. */
	async function passes(source: RuntimeNode): Promise<boolean> {
		for (const hook of hooks.values()) if ((await hook([{ msg: {}, source: { id: source.id, node: source } }])) === false) return false;
		return true;
	}
	const start = (untilMs: number | null, sources: SingletonSources = timersOnly) => {
		primary.take({ primaryUntilMs: null, sources });
		primary.take({ primaryUntilMs: untilMs });
		primary.begin();
	};
	return { primary, passes, start, hooks };
}

describe('singleton sources', () => {
	it('are left alone where nobody is elected: there is not even a hook', async () => {
		const { primary, passes, hooks } = runtime();
		primary.begin();
		primary.comeLast();
		expect([...hooks]).toEqual([]);
		expect(await passes(node('t'))).toBe(true);
	});

	it('emit on the primary, and on no other instance', async () => {
		const [one, other] = [runtime(), runtime()];
		one.start(forLong());
		other.start(null);
		expect([await one.passes(node('t')), await other.passes(node('t'))]).toEqual([true, false]);
		expect(await other.passes(node('f', 'function'))).toBe(true);
		expect(await other.passes(node('m', 'mqtt in'))).toBe(true);
	});

	it('go on where the role comes to, and end where it goes from', async () => {
		const { primary, passes, start } = runtime();
		start(null);
		primary.take({ primaryUntilMs: forLong() });
		expect(await passes(node('t'))).toBe(true);
		primary.take({ primaryUntilMs: null });
		expect(await passes(node('t'))).toBe(false);
	});

	it('end at the deadline, though nobody says so', async () => {
		const { passes, start } = runtime();
		start(monotonicMs() + 60);
		expect(await passes(node('t'))).toBe(true);
		await sleep(70);
		expect(await passes(node('t'))).toBe(false);
	});

	it('wait for the news of the runner where the deadline has passed: this process may have been frozen', async () => {
		const { primary, passes, start } = runtime(async () => primary.take({ primaryUntilMs: forLong() }));
		start(monotonicMs() - 1);
		expect(await passes(node('t'))).toBe(true);
	});

	it('that fire once at a start fire where the primary was at that moment, and not when the role comes later', async () => {
		const once = () => node('o', 'inject', { once: true });
		const [first, later, gone] = [runtime(), runtime(), runtime()];
		first.start(forLong());
		expect(await first.passes(once())).toBe(true);
		later.start(null);
		later.primary.take({ primaryUntilMs: forLong() });
		const repeating = once();
		// The first is what was to happen at the start; the others are its timer.
		expect([await later.passes(repeating), await later.passes(repeating)]).toEqual([false, true]);
		gone.start(forLong());
		gone.primary.take({ primaryUntilMs: null });
		expect(await gone.passes(once())).toBe(false);
	});

	it('begin anew with each start of the flows', async () => {
		const { primary, passes, start } = runtime();
		const once = node('o', 'inject', { once: true });
		start(forLong());
		expect(await passes(once)).toBe(true);
		primary.end();
		expect(await passes(node('t'))).toBe(true);
		start(null);
		primary.take({ primaryUntilMs: forLong() });
		expect(await passes(once)).toBe(false);
	});

	it('are judged after every other hook: what waited at a gate by the role when that opens', () => {
		const { primary, start, hooks } = runtime();
		start(null);
		hooks.set('onSend.another', () => undefined);
		primary.comeLast();
		expect([...hooks.keys()]).toEqual(['onSend.another', 'onSend.flowferry-primary']);
	});

	it.each<[string, Partial<SingletonSources>, RuntimeNode, boolean]>([
		['an inject, where timers are not among them', { timers: false }, node('t'), true],
		['a node that is named', { nodes: ['c'] }, node('c', 'cronplus'), false],
		['the same inside a subflow instance', { nodes: ['c'] }, node('i-c', 'cronplus', { _alias: 'c' }), false],
		['a source of a flow that is named', { within: ['c', 'f'] }, node('c', 'cronplus'), false],
		[
			'another node of that flow, which passes on what comes in',
			{ within: ['f'] },
			node('f', 'function', { _inputCallback: () => {} }),
			true,
		],
		['a request of that flow', { within: ['h'] }, node('h', 'http in'), true],
		['an inject that is excepted', { except: ['t'] }, node('t'), true],
		['a named node that is excepted', { nodes: ['c'], except: ['c'] }, node('c', 'cronplus'), true],
	])('beside the primary: %s', async (_what, sources, source, expected) => {
		const { passes, start } = runtime();
		start(null, { ...timersOnly, ...sources });
		expect(await passes(source)).toBe(expected);
	});
});
