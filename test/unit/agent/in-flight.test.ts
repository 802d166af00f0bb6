import { drain } from '../../../src/agent/drain.ts';
import { InFlight } from '../../../src/agent/in-flight.ts';
import type { PluginApi, RuntimeNode } from '../../../src/agent/node-red.ts';

type Hook = (event: object) => Promise<void> | undefined;

/** Node-RED's side of the hooks, in the order in which it calls them. */
function counted(mayRun: () => Promise<void> | undefined = () => undefined) {
	const hooks = new Map<string, Hook>();
	const api = { hooks: { add: (name: string, hook: Hook) => hooks.set(name.split('.')[0] as string, hook) } } as unknown as PluginApi;
	const inFlight = new InFlight(api, mayRun);
	const trigger = (name: string, event: object) => hooks.get(name)?.(event);
	return {
		inFlight,
		hooks: [...hooks.keys()],
		queue: (msg: object, node: RuntimeNode) => trigger('preDeliver', { msg, destination: { id: node.id, node } }),
		receive: (msg: object, node: RuntimeNode) => trigger('onReceive', { msg, destination: { id: node.id, node } }),
		complete: (msg: object, node: RuntimeNode) => trigger('onComplete', { msg, node: { id: node.id, node } }),
	};
}

const node = (id: string, properties: Partial<RuntimeNode> = {}): RuntimeNode =>
	({ id, type: 'function', name: id, _expectedDoneCount: 1, _inputCallback: () => {}, ...properties }) as RuntimeNode;

describe('messages in flight', () => {
	it('are those on their way and those that a node has not done with', () => {
		const { inFlight, queue, receive, complete } = counted();
		const [work, msg] = [node('work'), {}];
		queue(msg, work);
		expect([inFlight.total, inFlight.received]).toEqual([1, 0]);
		receive(msg, work);
		expect([inFlight.total, inFlight.received]).toEqual([1, 1]);
		complete(msg, work);
		expect([inFlight.total, inFlight.received]).toEqual([0, 1]);
	});

	it('count once for each node that one message is on its way to', () => {
		const { inFlight, queue, receive } = counted();
		const [one, other, msg] = [node('one', { _expectedDoneCount: 0 }), node('other'), {}];
		queue(msg, one);
		queue(msg, other);
		expect(inFlight.byNode().map(({ id, messages }) => [id, messages])).toEqual([
			['one', 1],
			['other', 1],
		]);
		receive(msg, one);
		expect(inFlight.byNode().map(({ id, messages }) => [id, messages])).toEqual([['other', 1]]);
	});

	it('are not those of nodes that never say when they are done, nor of nodes that are closed', () => {
		const { inFlight, receive } = counted();
		receive({}, node('silent', { _expectedDoneCount: 0 }));
		receive({}, node('closed', { _inputCallback: null, _inputCallbacks: null }));
		expect(inFlight.total).toBe(0);
	});

	it('leave the queue also where Node-RED delivers at once, and calls postDeliver after onReceive', () => {
		const { hooks } = counted();
		expect(hooks).not.toContain('postDeliver');
	});

	it('wait for whoever decides whether the flows may run', async () => {
		const { receive } = counted(() => Promise.resolve());
		expect(receive({}, node('work'))).toBeInstanceOf(Promise);
	});
});

describe('drain', () => {
	it('names also what is still on its way at the deadline', async () => {
		const { inFlight, queue } = counted();
		queue({}, node('next', { name: 'round and round' }));
		expect(await drain(inFlight, 20)).toMatchObject({
			drained: false,
			left: [{ id: 'next', type: 'function', name: 'round and round', messages: 1 }],
		});
	});

	it('is not done while messages go on arriving, although each is done with at once', async () => {
		const { inFlight, receive } = counted();
		const arriving = setInterval(() => receive({}, node('silent', { _expectedDoneCount: 0 })), 5);
		expect(await drain(inFlight, 100)).toMatchObject({ drained: false, left: [] });
		clearInterval(arriving);
	});
});
