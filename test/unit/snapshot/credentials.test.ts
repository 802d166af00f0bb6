import type { FlowNode } from '../../../src/lib/flows/node.ts';
import {
	credentialNames,
	credentialsOf,
	mergeCredentials,
	secretTexts,
	stripCredentials,
	writtenCredentials,
} from '../../../src/lib/snapshot/credentials.ts';

describe('stripCredentials', () => {
	it('takes out what a node has, and what its variables say, and keeps both', () => {
		const nodes: FlowNode[] = [
			{ id: 't', type: 'tab', env: [{ name: 'KEY', type: 'cred', value: 's1' }, { name: 'A', type: 'str', value: 'a' }, null] },
			{ id: 'g', type: 'global-config', env: [{ name: 'KEY', type: 'cred', value: 's2' }] },
			{ id: 'b', type: 'mqtt-broker', credentials: { user: 'u', password: '__PWRD__', empty: ' ', ca: 's3' } },
			{ id: 'x', type: 'odd', credentials: 'text' },
		];
		const { nodes: clean, inline, variables } = stripCredentials(nodes);
		expect(inline).toEqual({ b: { user: 'u', ca: 's3' } });
		expect(variables).toEqual({ t: { KEY: 's1' }, g: { map: { KEY: 's2', has_KEY: true } } });
		expect(clean).toEqual([
			{ id: 't', type: 'tab', env: [{ name: 'KEY', type: 'cred' }, { name: 'A', type: 'str', value: 'a' }, null] },
			{ id: 'g', type: 'global-config', env: [{ name: 'KEY', type: 'cred' }] },
			{ id: 'b', type: 'mqtt-broker' },
			{ id: 'x', type: 'odd' },
		]);
	});

	it('leaves flows without any as they are', () => {
		const nodes: FlowNode[] = [{ id: 't', type: 'tab', env: [{ name: 'KEY', type: 'cred' }] }];
		expect(stripCredentials(nodes).nodes[0]).toBe(nodes[0]);
	});
});

describe('credentials', () => {
	it('are merged name by name, those of the global environment, too', () => {
		const merged = mergeCredentials(
			{ b: { user: 'a', password: 'b' }, g: { map: { A: '1', has_A: true } } },
			{ b: { password: 'c' }, g: { map: { B: '2', has_B: true } }, n: { k: 'v' } },
		);
		expect(merged).toEqual({
			b: { user: 'a', password: 'c' },
			g: { map: { A: '1', has_A: true, B: '2', has_B: true } },
			n: { k: 'v' },
		});
	});

	it('are those of nodes that are there, and have some', () => {
		const nodes: FlowNode[] = [
			{ id: 'a', type: 'x' },
			{ id: 'b', type: 'x' },
			{ id: 'g', type: 'global-config' },
		];
		expect(credentialsOf(nodes, { a: { k: 'v' }, b: {}, g: { map: {} }, gone: { k: 'v' } })).toEqual({ a: { k: 'v' } });
	});

	it('that somebody wrote by name are put where Node-RED reads them', () => {
		const nodes: FlowNode[] = [{ id: 'g', type: 'global-config' }];
		expect(writtenCredentials(nodes, { g: { KEY: 'v' }, b: { user: 'u' } })).toEqual({
			g: { map: { KEY: 'v', has_KEY: true } },
			b: { user: 'u' },
		});
	});

	it('have names, sorted', () => {
		expect(credentialNames({ user: 'u', password: 'p' })).toEqual(['password', 'user']);
		expect(credentialNames({ map: { KEY: 'v', has_KEY: true, has_own: 'v' } })).toEqual(['KEY', 'has_own']);
		expect(credentialNames({ map: 'a text' })).toEqual(['map']);
	});

	it('are secret at every depth', () => {
		expect(secretTexts({ a: { b: { c: ['x1', 7, true, '', '${VAR}'] } } })).toEqual(['x1', '7']);
	});
});
