import { lacksOf, snapshotOf, tab } from './assess.ts';

const lacks = (version: string | null, wanted = '5.0.7') =>
	lacksOf(snapshotOf([tab], { nodeRed: { version: wanted } }), { nodeRed: { folder: '/opt/node-red', version } });

describe("Node-RED's version", () => {
	it('is right where the folder has the same, or the configuration names none', () => {
		expect(lacks('5.0.7')).toEqual([]);
		expect(lacksOf(snapshotOf([tab]))).toEqual([]);
	});

	it.each([
		['4.1.15', 'from 5.0.7: an older major version, which may lack nodes, and properties of nodes, that the flows use'],
		['5.1.0', 'from 5.0.7'],
	])('%s is certain to be refused', (version, says) => {
		expect(lacks(version)).toEqual([
			{
				kind: 'node-red',
				certainty: 'certain',
				nodes: [],
				message: expect.stringMatching(new RegExp(`is Node-RED ${version}, .*${says}$`)),
				remedy: 'leave out nodeRed to have 5.0.7 installed from npm, or name a folder that holds it (…/node_modules/node-red)',
			},
		]);
	});

	it('says where an older minor version stands, and where there is none', () => {
		expect(lacks('5.0.7', '5.2.0')[0]?.message).toContain('an older one, which may lack properties');
		expect(lacks(null)[0]?.message).toBe('environments.production.nodeRed names /opt/node-red, which holds no Node-RED');
	});
});

describe("Node.js's version", () => {
	const on = (taken: string | null, node: string) => lacksOf(snapshotOf([tab], {}, { runtime: { node: taken, settings: null } }), { node });

	it('is likely wrong where it is older than the one of the snapshot', () => {
		expect(on('24.3.0', '22.19.0')).toEqual([expect.objectContaining({ kind: 'node-red', certainty: 'likely' })]);
		expect(on('22.1.0', '24.0.0')).toEqual([]);
		expect(on(null, '22.19.0')).toEqual([]);
	});
});
