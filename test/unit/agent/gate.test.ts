import { Gate } from '../../../src/agent/gate.ts';
import type { PluginApi, RuntimeNode, SendEvent } from '../../../src/agent/node-red.ts';
import { Streams } from '../../../src/agent/streams.ts';

type Hook = (events: SendEvent[], done: (result?: false) => void) => false | undefined;

/** Node-RED's `onSend`, as @node-red/util/lib/hooks.js runs it: one after the other, by the number of declared parameters. */
function runtime() {
	const hooks = new Map<string, Hook>();
	const api = { hooks: { add: (name: string, hook: Hook) => hooks.set(name, hook), remove: (name: string) => hooks.delete(name) } };
	const streams = new Streams(api as unknown as PluginApi);
	const gate = new Gate(api as unknown as PluginApi, streams);
	const delivered: unknown[] = [];
	function send(source: RuntimeNode, msg: object): void {
		const events = [{ msg, source: { id: source.id, node: source } }];
		const queue = [...hooks.values()];
		const next = (result?: false): void => {
			if (result === false) return;
			const hook = queue.shift();
			if (!hook) delivered.push((msg as { payload: unknown }).payload);
			else if (hook.length === 1) next((hook as (events: SendEvent[]) => false | undefined)(events));
			else hook(events, next);
		};
		next();
	}
	return { streams, gate, delivered, send, hooks };
}

const node = (type: string, more: object = {}) =>
	({ id: type, type, wires: [['x']], _flow: { path: 'tab' }, ...more }) as unknown as RuntimeNode;
const broker = (clientId: string, clean = true) => ({ id: 'b1', client: { options: { clientId, clean } } });
const subscription = (more: object = {}) => node('mqtt in', { topic: 'in', brokerConn: broker('nodered0123456789abcdef'), ...more });
const message = (payload: unknown, more: object = {}) => ({ payload, qos: 1, retain: false, topic: 'in', ...more });

function closedGate() {
	const all = runtime();
	all.streams.count();
	all.gate.close();
	return all;
}

describe('the gate', () => {
	it('holds what any node sends, and passes on in order what the old side has not handled', () => {
		const { gate, send, delivered, hooks } = closedGate();
		const source = subscription();
		for (const payload of [1, 2, 3, 4]) send(source, message(payload));
		send(node('status'), { payload: 'connected' });
		expect(delivered).toEqual([]);
		expect(gate.open({ handled: { 'tab/mqtt in': [0, 2, 0] }, closedAtMs: 0 })).toEqual({ passed: 3, dropped: 2 });
		expect(delivered).toEqual([3, 4, 'connected']);
		expect([...hooks]).toEqual([]);
		send(source, message(5));
		expect(delivered.at(-1)).toBe(5);
	});

	it('drops the late copies of what the old side handled, and then is gone', () => {
		const { gate, send, delivered } = closedGate();
		const source = subscription();
		send(source, message(1));
		gate.open({ handled: { 'tab/mqtt in': [0, 3, 0] }, closedAtMs: 0 });
		for (const payload of [2, 3, 4]) send(source, message(payload));
		expect(delivered).toEqual([4]);
		gate.stop();
	});

	it('counts each QoS for itself, since a broker may send one before the other', () => {
		const { gate, send, delivered } = closedGate();
		const source = subscription();
		for (const [payload, qos] of [
			['a', 1],
			['b', 0],
			['c', 1],
			['d', 0],
		])
			send(source, message(payload, { qos }));
		gate.open({ handled: { 'tab/mqtt in': [2, 1, 0] }, closedAtMs: 0 });
		expect(delivered).toEqual(['c']);
	});

	it('passes on what is this side’s alone: its share, its session, the copy that the broker keeps for new subscribers', () => {
		const { gate, send, delivered } = closedGate();
		send(subscription({ topic: '$share/g/in' }), message('shared'));
		send(subscription({ brokerConn: broker('plant', false) }), message('session'));
		send(subscription(), message('retained', { retain: true }));
		send(subscription(), message('handled'));
		gate.open({ handled: { 'tab/mqtt in': [0, 3, 0] }, closedAtMs: Number.MAX_SAFE_INTEGER });
		expect(delivered).toEqual(['shared', 'session', 'retained']);
		gate.stop();
	});

	it('drops the ticks of timers while the old side has its own, but keeps what is to happen once at the start', () => {
		const { gate, send, delivered } = closedGate();
		const once = node('inject', { id: 'once', once: true });
		send(node('inject'), { payload: 'tick' });
		send(once, { payload: 'start' });
		send(once, { payload: 'tick' });
		gate.open({ handled: {}, closedAtMs: Number.MAX_SAFE_INTEGER });
		expect(delivered).toEqual(['start']);
	});

	it('passes on the tick that came when the old side had closed its timers', () => {
		const { gate, send, delivered } = closedGate();
		send(node('inject'), { payload: 'tick' });
		gate.open({ handled: {}, closedAtMs: 0 });
		expect(delivered).toEqual(['tick']);
	});

	it('lets nothing out when the flows stop instead', () => {
		const { gate, send, delivered, hooks } = closedGate();
		send(subscription(), message(1));
		gate.stop();
		expect([delivered, [...hooks], gate.closed]).toEqual([[], [], false]);
	});

	it('does not open where more came than it can hold: nothing is passed on that has a hole', () => {
		const { gate, send, delivered } = closedGate();
		const source = node('status');
		for (let count = 0; count <= 50_000; count++) send(source, { payload: count });
		expect(() => gate.open({ handled: {}, closedAtMs: 0 })).toThrow('more than 50000 messages');
		expect(delivered).toEqual([]);
	});

	it('that stands for long forgets what the other side has handled, and keeps what it has not', () => {
		const { gate, send, delivered } = closedGate();
		const source = subscription();
		send(node('inject', { once: true }), { payload: 'once' });
		send(node('status'), { payload: 'news of long ago' });
		for (const payload of [1, 2, 3]) send(source, message(payload));
		gate.advance({ handled: { 'tab/mqtt in': [0, 2, 0] }, closedAtMs: Number.POSITIVE_INFINITY });
		send(node('status'), { payload: 'news' });
		expect(gate.open({ handled: { 'tab/mqtt in': [0, 2, 0] }, closedAtMs: 0 })).toEqual({ passed: 3, dropped: 0 });
		expect(delivered).toEqual(['once', 3, 'news']);
		gate.stop();
	});

	it('keeps the latest copy of a retained message, and none where a later message has been handled', () => {
		const { gate, send, delivered } = closedGate();
		const source = subscription();
		const retained = (payload: number, topic: string) => send(source, message(payload, { retain: true, topic }));
		retained(10, 'a');
		retained(20, 'b');
		send(source, message(11, { topic: 'a' }));
		retained(30, 'c');
		retained(31, 'c');
		gate.advance({ handled: { 'tab/mqtt in': [0, 1, 0] }, closedAtMs: 0 });
		gate.open({ handled: { 'tab/mqtt in': [0, 1, 0] }, closedAtMs: 0 });
		expect(delivered).toEqual([20, 31]);
		gate.stop();
	});
});
