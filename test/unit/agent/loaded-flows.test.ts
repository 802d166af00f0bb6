import { Loaded } from '../../../src/agent/loaded-flows.ts';
import type { NodeConfig, RuntimeApi } from '../../../src/agent/node-red.ts';

/** A Node-RED in which somebody may deploy. */
function nodeRed(flows: NodeConfig[], credentials: Record<string, Record<string, unknown>>) {
	const state = { flows, rev: 'first', credentials };
	const runtime = { flows: { getFlows: async () => ({ flows: state.flows, rev: state.rev }) } } as unknown as RuntimeApi;
	return { state, loaded: new Loaded(runtime, { getCredentials: (id) => state.credentials[id] }) };
}

const broker = { id: 'b1', type: 'mqtt-broker', name: 'plant' };

describe('what Node-RED has loaded', () => {
	it('is unknown before it is looked at, and then what it came up with', async () => {
		const { loaded } = nodeRed([broker], { b1: { user: 'u', password: 'p' } });
		expect([loaded.rev, loaded.credentialsChanged]).toEqual([null, false]);
		await loaded.look();
		expect([loaded.rev, loaded.credentialsChanged]).toEqual(['first', false]);
		expect(await loaded.read()).toEqual({ flows: [broker], rev: 'first', credentials: [] });
	});

	it('changes with a deploy', async () => {
		const { state, loaded } = nodeRed([broker], {});
		await loaded.look();
		Object.assign(state, { rev: 'second', flows: [] });
		await loaded.look();
		expect([loaded.rev, loaded.credentialsChanged]).toEqual(['second', false]);
	});

	it.each([
		['another value', { user: 'u', password: 'q' }, ['password']],
		['one more', { user: 'u', password: 'p', token: 't' }, ['token']],
		['one that is gone', { user: 'u', password: '' }, ['password']],
		['all of them gone', undefined, ['password', 'user']],
	])('tells %s among credentials by its name alone', async (_, now, names) => {
		const { state, loaded } = nodeRed([broker], { b1: { user: 'u', password: 'p' } });
		await loaded.look();
		state.credentials = now ? { b1: now } : {};
		await loaded.look();
		expect(loaded.credentialsChanged).toBe(true);
		expect((await loaded.read()).credentials).toEqual([{ node: broker, names }]);
	});

	it('counts the credentials of a new node, and not those that went with a node', async () => {
		const { state, loaded } = nodeRed([broker], { b1: { password: 'p' } });
		await loaded.look();
		Object.assign(state, { flows: [{ id: 'b2', type: 'mqtt-broker' }], credentials: { b2: { password: 'p' } } });
		expect((await loaded.read()).credentials).toEqual([{ node: { id: 'b2', type: 'mqtt-broker', name: '' }, names: ['password'] }]);
	});
});
