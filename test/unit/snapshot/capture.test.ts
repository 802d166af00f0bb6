import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import type { DevSource, DevState } from '../../../src/lib/node-red/dev-source.ts';
import { captureFlows, captureSnapshot } from '../../../src/lib/snapshot/capture.ts';
import { sampleFlows } from '../../support/snapshots.ts';
import { testVault } from '../../support/vault.ts';

const facts = {
	message: 'm',
	author: 'Ada <a@example.org>',
	now: () => new Date('2026-01-02T03:04:05Z'),
	vault: testVault(),
	given: {},
};

function devWith(nodes: FlowNode[], state: Partial<DevState> = {}): DevSource {
	const read: DevState = {
		nodes,
		source: { kind: 'admin-api', url: 'http://dev:1880', rev: 'r' },
		palette: [{ name: 'm', version: '1.0.0', types: ['x'] }],
		nodeRedVersion: '5.0.7',
		runtime: { node: null, settings: null },
		storedCredentials: async () => ({}),
		warnings: [],
		...state,
	};
	return { flows: async () => read, state: async () => read };
}
const idOf = async (nodes: FlowNode[], state?: Partial<DevState>) => (await captureSnapshot(devWith(nodes, state), facts)).snapshot.id;

describe('a captured snapshot', () => {
	it('says where, who, when and why', async () => {
		const { snapshot, warnings } = await captureSnapshot(devWith(sampleFlows), facts);
		expect(snapshot).toMatchObject({
			id: expect.stringMatching(/^[0-9a-f]{64}$/),
			source: { kind: 'admin-api', url: 'http://dev:1880', rev: 'r' },
			author: 'Ada <a@example.org>',
			time: '2026-01-02T03:04:05.000Z',
			message: 'm',
			content: { nodeRed: { version: '5.0.7' }, palette: [{ name: 'm' }] },
		});
		expect(warnings).toEqual([]);
	});

	it('has the id of its content, whatever the order of nodes and keys', async () => {
		const nodes: FlowNode[] = [
			{ id: 't1', type: 'tab', label: 'one' },
			{ id: 't2', type: 'tab', label: 'two' },
			{ id: 's1', type: 'subflow', name: 's', in: [], out: [] },
			...Array.from({ length: 30 }, (_, index) => ({
				id: `n${index}`,
				type: 'debug',
				z: 't1',
				deep: { b: index, a: [1, { d: 1, c: 2 }] },
			})),
		];
		const expected = await idOf(nodes);
		const random = seeded(42);
		for (let round = 0; round < 50; round++) {
			// Tabs keep their order among themselves: it is what the editor shows.
			const tabs = nodes.filter((node) => node.type === 'tab');
			const shuffled = shuffle(nodes, random).map((node) => shuffleKeys(node, random) as FlowNode);
			let tab = 0;
			const laidOut = shuffled.map((node) => (node.type === 'tab' ? (shuffleKeys(tabs[tab++]!, random) as FlowNode) : node));
			expect(await idOf(laidOut)).toBe(expected);
		}
	});

	it('has another id with other content, and the same with another source, time or message', async () => {
		const id = await idOf(sampleFlows);
		const others = [
			await idOf(sampleFlows.map((node) => (node.id === 'n1' ? { ...node, topic: 'x' } : node))),
			await idOf(sampleFlows.slice(0, 2)),
			await idOf(sampleFlows, { palette: [] }),
			await idOf(sampleFlows, { nodeRedVersion: '5.0.8' }),
		];
		expect(new Set([id, ...others]).size).toBe(5);
		const elsewhere = devWith(sampleFlows, { source: { kind: 'user-dir', path: '/x', flowFile: 'flows.json' } });
		expect((await captureSnapshot(elsewhere, { ...facts, now: () => new Date(0), message: 'other' })).snapshot.id).toBe(id);
	});

	it('never holds credentials, and says whose it left out', async () => {
		const nodes: FlowNode[] = [
			{
				id: 't',
				type: 'tab',
				env: [
					{ name: 'KEY', type: 'cred', value: 's3cret' },
					{ name: 'A', type: 'str', value: 'a' },
				],
			},
			{ id: 'b', type: 'mqtt-broker', broker: 'localhost', credentials: { user: 'u', password: 's3cret' } },
			{ id: 'n', type: 'debug', z: 't' },
		];
		const { snapshot, warnings } = await captureSnapshot(devWith(nodes, { warnings: ['earlier'] }), facts);
		expect(JSON.stringify(snapshot)).not.toContain('s3cret');
		expect(snapshot.content.flows[0]!.env).toEqual([
			{ name: 'KEY', type: 'cred' },
			{ name: 'A', type: 'str', value: 'a' },
		]);
		expect(snapshot.content.flows.find((node) => node.id === 'b')).not.toHaveProperty('credentials');
		expect(warnings).toEqual(['earlier', expect.stringMatching(/left out .*2 nodes: t, b/)]);
		expect(JSON.stringify(warnings)).not.toContain('s3cret');
		expect(JSON.stringify(nodes)).toContain('s3cret');
	});

	describe('with a passphrase', () => {
		const PASSPHRASE = 'correct horse battery staple';
		const broker = { id: 'b', type: 'mqtt-broker' };
		const nodes: FlowNode[] = [
			...sampleFlows,
			broker,
			{ id: 'g', type: 'global-config', env: [{ name: 'KEY', type: 'cred', value: 'written' }] },
		];
		const stored = { b: { user: 'stored', password: 'stored' }, g: { map: { KEY: 'stored', has_KEY: true } }, gone: { k: 'v' } };
		const take = async (flows: FlowNode[], given: Record<string, Record<string, string>> = {}) => {
			const vault = testVault(PASSPHRASE);
			const { snapshot, warnings } = await captureSnapshot(devWith(flows, { storedCredentials: async () => stored }), {
				...facts,
				vault,
				given,
			});
			const { credentials: marks } = snapshot.content;
			return { snapshot, warnings, credentials: await vault.open({ snapshot: '', marks: marks!, sealed: snapshot.sealed! }) };
		};

		it('holds credentials: a given one over one in the flows, that over a stored one, that over what a variable says', async () => {
			const inline = nodes.map((node) => (node === broker ? { ...node, credentials: { password: 'inline', other: 'inline' } } : node));
			const { credentials, warnings, snapshot } = await take(inline, { b: { other: 'given' }, nobody: { k: 'v' } });
			expect(credentials).toEqual({
				b: { user: 'stored', password: 'inline', other: 'given' },
				g: { map: { KEY: 'stored', has_KEY: true } },
			});
			expect(warnings).toEqual([expect.stringContaining('node nobody')]);
			expect(JSON.stringify(snapshot.content)).not.toMatch(/stored|inline|given|written/);
		});

		it('has another id with another value, and the same with the same', async () => {
			const ids = [await take(nodes), await take(nodes), await take(nodes, { b: { password: 'other' } })].map(
				({ snapshot }) => snapshot.id,
			);
			expect(ids[1]).toBe(ids[0]);
			expect(ids[2]).not.toBe(ids[0]);
		});

		it('is not taken where the stored ones cannot be read; without a passphrase that is a warning', async () => {
			const unreadable = new FlowferryError({ code: 'DEV_CREDENTIALS_UNREADABLE', message: 'The file x cannot be read', hint: '' });
			const dev = devWith(nodes, { storedCredentials: () => Promise.reject(unreadable) });
			await expect(captureSnapshot(dev, { ...facts, vault: testVault(PASSPHRASE) })).rejects.toBe(unreadable);
			const { snapshot, warnings } = await captureSnapshot(dev, facts);
			expect(snapshot).not.toHaveProperty('sealed');
			expect(warnings).toEqual([expect.stringContaining('The file x cannot be read'), expect.stringMatching(/left out .*1 node: g/)]);
		});
	});

	it.each([
		['no node at all', []],
		['only tabs', [{ id: 't', type: 'tab' }]],
		[
			'only a comment',
			[
				{ id: 't', type: 'tab' },
				{ id: 'c', type: 'comment', z: 't' },
			],
		],
	] as [string, FlowNode[]][])('is refused for %s', async (_, nodes) => {
		const empty = expect.objectContaining({ code: 'SNAPSHOT_EMPTY', message: expect.stringContaining('http://dev:1880'), exitStatus: 2 });
		await expect(captureSnapshot(devWith(nodes), facts)).rejects.toEqual(empty);
		await expect(captureFlows(devWith(nodes))).rejects.toEqual(empty);
	});

	it('passes on the flows alone, in the same form', async () => {
		const { flows } = await captureFlows(devWith([...sampleFlows].reverse()));
		expect(flows).toEqual((await captureSnapshot(devWith(sampleFlows), facts)).snapshot.content.flows);
	});
});

/** A small linear congruential generator: failures can be repeated. */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1664525 + 1013904223) % 2 ** 32;
		return state / 2 ** 32;
	};
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
	return items
		.map((item) => [random(), item] as const)
		.sort((a, b) => a[0] - b[0])
		.map(([, item]) => item);
}

function shuffleKeys(value: unknown, random: () => number): unknown {
	if (Array.isArray(value)) return value.map((item) => shuffleKeys(item, random));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(shuffle(Object.entries(value), random).map(([key, item]) => [key, shuffleKeys(item, random)]));
}
