import { drain } from '../../../src/agent/drain.ts';
import { InFlight } from '../../../src/agent/in-flight.ts';
import type { PluginApi, RuntimeNode } from '../../../src/agent/node-red.ts';
import { describeProgress } from '../../../src/agent/progress.ts';

type Hook = (event: object) => Promise<void> | undefined;

/** Node-RED's side of the hooks. */
function counted(mayRun: () => Promise<void> | undefined = () => undefined) {
	const hooks = new Map<string, Hook>();
	const api = { hooks: { add: (name: string, hook: Hook) => hooks.set(name.split('.')[0] as string, hook) } } as unknown as PluginApi;
	const inFlight = new InFlight(api, mayRun);
	const trigger = (name: string, event: object) => hooks.get(name)?.(event);
	return {
		inFlight,
		hooks: [...hooks.values()],
		receive: (node: RuntimeNode) => trigger('onReceive', { msg: {}, destination: { id: node.id, node } }),
		complete: (node: RuntimeNode) => trigger('onComplete', { msg: {}, node: { id: node.id, node } }),
	};
}

const node = (id: string, properties: Partial<RuntimeNode> = {}): RuntimeNode =>
	({ id, type: 'function', name: id, _expectedDoneCount: 1, _inputCallback: () => {}, ...properties }) as RuntimeNode;

describe('messages in flight', () => {
	it('are those that a node has not done with', () => {
		const { inFlight, receive, complete } = counted();
		const work = node('work');
		receive(work);
		receive(work);
		expect([inFlight.total, inFlight.received]).toEqual([2, 2]);
		complete(work);
		expect([inFlight.total, inFlight.received]).toEqual([1, 2]);
		inFlight.reset();
		expect([inFlight.total, inFlight.received]).toEqual([0, 0]);
	});

	it('are never fewer than none, where a node calls done twice', () => {
		const { inFlight, receive, complete } = counted();
		const [twice, other] = [node('twice'), node('other')];
		receive(twice);
		receive(other);
		for (let n = 0; n < 3; n++) complete(twice);
		expect(inFlight.total).toBe(1);
	});

	it('are not those of nodes that never say when they are done, nor of nodes that are closed', () => {
		const { inFlight, receive } = counted();
		receive(node('silent', { _expectedDoneCount: 0 }));
		receive(node('closed', { _inputCallback: null, _inputCallbacks: null }));
		expect(inFlight.total).toBe(0);
	});

	it('are gone with the nodes that a deploy in place closed, and no others', () => {
		const { inFlight, receive, complete } = counted();
		const [kept, closed] = [node('kept'), node('closed')];
		for (const one of [kept, closed, closed]) receive(one);
		inFlight.keepOnly(new Set([kept, node('new')]));
		expect(inFlight.total).toBe(1);
		complete(closed);
		complete(kept);
		expect([inFlight.total, inFlight.received]).toEqual([0, 3]);
	});

	it('wait for whoever decides whether the flows may run', async () => {
		const { receive } = counted(() => Promise.resolve());
		expect(receive(node('work'))).toBeInstanceOf(Promise);
	});

	it('are counted by callbacks of one parameter: Node-RED waits for a second one to be called, and for ever without any', () => {
		expect(counted().hooks.map(({ length }) => length)).toEqual([1, 1]);
	});
});

describe('the progress of nodes', () => {
	it('tells what each has received and completed, and which never tell', () => {
		const { inFlight, receive, complete } = counted();
		const [work, silent] = [node('work'), node('silent', { type: 'switch', _expectedDoneCount: 0 })];
		for (let n = 0; n < 3; n++) receive(work);
		complete(work);
		receive(silent);
		expect(describeProgress(inFlight.byNode())).toEqual([
			{ id: 'work', type: 'function', name: 'work', flowId: '', received: 3, completed: 1 },
			{ id: 'silent', type: 'switch', name: 'silent', flowId: '', received: 1, completed: null },
		]);
	});
});

describe('drain', () => {
	it('says of each node what its messages are up to', async () => {
		const { inFlight, receive, complete } = counted();
		const nodes = [node('busy'), node('later', { type: 'delay' }), node('mute')];
		for (const each of nodes) for (let n = 0; n < 3; n++) receive(each);
		complete(nodes[0] as RuntimeNode);
		const { drained, left } = await drain(inFlight, 20);
		expect([drained, left.map(({ id, messages, kind }) => [id, messages, kind])]).toEqual([
			false,
			[
				['busy', 2, 'in work'],
				['later', 3, 'outstanding by design'],
				['mute', 3, 'never completes'],
			],
		]);
	});

	it('does not call one message that takes long one that never completes', async () => {
		const { inFlight, receive } = counted();
		receive(node('first'));
		expect((await drain(inFlight, 20)).left).toMatchObject([{ id: 'first', kind: 'in work' }]);
	});

	it('is not done while messages go on arriving, although each is done with at once, and says where', async () => {
		const { inFlight, receive } = counted();
		receive(node('before', { _expectedDoneCount: 0 }));
		const round = node('round and round', { _expectedDoneCount: 0 });
		const arriving = setInterval(() => receive(round), 5);
		expect(await drain(inFlight, 100)).toMatchObject({
			drained: false,
			left: [{ id: 'round and round', messages: 0, kind: 'still receiving' }],
		});
		clearInterval(arriving);
	});

	it('is not done before what was sent during a long turn of the event loop has arrived', async () => {
		const { inFlight, receive } = counted();
		const slow = node('slow');
		let ended = false;
		const draining = drain(inFlight, 5000).then((report) => {
			ended = true;
			return report;
		});
		// As a function node that works for long without a pause, and then sends: delivered by setImmediate, as Node-RED does.
		setTimeout(() => {
			const until = performance.now() + 100;
			while (performance.now() < until);
			setImmediate(() => receive(slow));
		}, 10);
		await new Promise((resolve) => setTimeout(resolve, 250));
		expect({ ended, inside: inFlight.total }).toEqual({ ended: false, inside: 1 });
		inFlight.reset();
		expect(await draining).toMatchObject({ drained: true });
	});
});
