import { Handled } from '../../../src/agent/handled.ts';
import type { PluginApi, RuntimeNode } from '../../../src/agent/node-red.ts';

type Hook = (event: object) => unknown;

describe('how far an instance has come', () => {
	let hooks: Map<string, Hook>;
	let handled: Handled;
	const telling = { _expectedDoneCount: 1, _inputCallback: () => {} } as unknown as RuntimeNode;
	const silent = { _expectedDoneCount: 0, _inputCallback: () => {} } as unknown as RuntimeNode;
	const emit = (index: number, key = 'a', qos: 0 | 1 | 2 = 1) => handled.emitted({ key, qos, index }, `${key}${index}`, performance.now());
	const receive = (id: string, node = telling) =>
		hooks.get('onReceive.flowferry-handled')?.({ msg: { _msgid: id }, destination: { node } });
	const complete = (id: string, node = telling) => hooks.get('onComplete.flowferry-handled')?.({ msg: { _msgid: id }, node: { node } });
	/** At the second of two looks, after everything has settled. */
	const take = (ms = 100) => {
		handled.take(performance.now() + ms - 1);
		return handled.take(performance.now() + ms);
	};

	beforeEach(() => {
		hooks = new Map();
		const api = {
			hooks: { add: (name: string, hook: Hook) => void hooks.set(name, hook), remove: (name: string) => void hooks.delete(name) },
		} as unknown as PluginApi;
		handled = new Handled(api);
		handled.follow(new Map([['a', [0, 0, 0]]]));
	});

	it('counts what no node has any more', () => {
		emit(1);
		receive('a1');
		expect(take()).toEqual({ a: [0, 0, 0] });
		complete('a1');
		expect(take()).toEqual({ a: [0, 1, 0] });
	});

	it('needs two looks between which nothing has moved', () => {
		emit(1);
		expect(handled.take(performance.now() + 100)).toEqual({ a: [0, 0, 0] });
		expect(handled.take(performance.now() + 100)).toEqual({ a: [0, 1, 0] });
	});

	it('knows a message again whose id a node has changed before it was done', () => {
		emit(1);
		const msg: { _msgid?: string } = { _msgid: 'a1' };
		hooks.get('onReceive.flowferry-handled')?.({ msg, destination: { node: telling } });
		delete msg._msgid;
		hooks.get('onComplete.flowferry-handled')?.({ msg, node: { node: telling } });
		expect(take()).toEqual({ a: [0, 1, 0] });
	});

	it('waits until a message that one node is done with has had the time to reach the next', () => {
		emit(1);
		receive('a1');
		complete('a1');
		expect(take(5)).toEqual({ a: [0, 0, 0] });
		receive('a1');
		expect(take()).toEqual({ a: [0, 0, 0] });
	});

	it('goes no further than the first message that is inside, of its stream and QoS alone', () => {
		emit(1);
		emit(2);
		emit(1, 'b');
		receive('a1');
		expect(take()).toEqual({ a: [0, 0, 0], b: [0, 1, 0] });
		complete('a1');
		expect(take()).toEqual({ a: [0, 2, 0], b: [0, 1, 0] });
	});

	it('does not wait for a node that never tells, nor for ever for one that keeps a message', () => {
		emit(1);
		receive('a1', silent);
		emit(2);
		receive('a2');
		expect(take()).toEqual({ a: [0, 1, 0] });
		expect(take(6000)).toEqual({ a: [0, 2, 0] });
	});

	it('goes on from what was emitted before anybody followed', () => {
		handled.stop();
		handled.follow(new Map([['a', [0, 41, 0]]]));
		expect(take()).toEqual({ a: [0, 41, 0] });
		emit(42);
		expect(take()).toEqual({ a: [0, 42, 0] });
	});

	it('takes its hooks away, and is as before for a second follower', () => {
		emit(1);
		handled.follow(new Map([['a', [0, 99, 0]]]));
		expect(take()).toEqual({ a: [0, 1, 0] });
		handled.stop();
		expect([hooks.size, handled.following]).toEqual([0, false]);
	});
});
