import type { PaletteModule } from '../../../../src/lib/snapshot/snapshot.ts';
import { lacksOf, node, snapshotOf, tab } from './assess.ts';

const brings = (name: string, ...types: string[]): PaletteModule => ({ name, version: '1.0.0', types });
const modbus = node('m1', 'modbus-read');
const lacks = (flows = [tab, modbus], palette: PaletteModule[] = [], ownSettings = false) =>
	lacksOf(snapshotOf(flows, { palette }), { ownSettings }).filter(({ kind }) => kind === 'type');

describe('node types', () => {
	it('that nothing brings are certain to keep Node-RED from starting', () => {
		expect(lacks()).toEqual([
			{
				kind: 'type',
				certainty: 'certain',
				nodes: [{ id: 'm1', type: 'modbus-read', name: '' }],
				message:
					"no module of the snapshot's palette brings the type 'modbus-read' (modbus-read 'm1'), which is known from node-red-contrib-modbus: without it Node-RED starts none of the flows",
				remedy: 'install node-red-contrib-modbus where the flows are developed, or remove the nodes; disabled ones count too',
			},
		]);
		expect(lacks([tab, node('x', 'acme-thing')])[0]).toMatchObject({
			certainty: 'certain',
			remedy: expect.stringContaining('the module that brings it'),
		});
	});

	it('of the palette and of the core are there', () => {
		expect(lacks([tab, modbus], [brings('node-red-contrib-modbus', 'modbus-read')])).toEqual([]);
		const core = [
			'inject',
			'http request',
			'mqtt-broker',
			'junction',
			'global-config',
			'link call',
			'http proxy',
			'unknown',
			'rbe',
			'comment',
		];
		expect(lacks([tab, { id: 'g', type: 'group', z: 't1' }, ...core.map((type, at) => node(`n${at}`, type))])).toEqual([]);
	});

	it('of disabled nodes count too, once for all of them', () => {
		const found = lacks([tab, { ...modbus, d: true }, node('m2', 'modbus-read'), node('m3', 'modbus-read'), node('m4', 'modbus-read')]);
		expect(found).toHaveLength(1);
		expect(found[0]?.message).toContain("modbus-read 'm1', modbus-read 'm2', modbus-read 'm3' and 1 more");
	});

	it('are likely missing only, where a module may bring them: it had not been loaded, or settings name a folder', () => {
		expect(lacks([tab, node('x', 'acme-thing')], [brings('node-red-contrib-acme')])[0]?.certainty).toBe('likely');
		expect(lacks([tab, modbus], [brings('node-red-contrib-modbus')])).toEqual([]);
		expect(lacks([tab, modbus], [], true)[0]?.certainty).toBe('likely');
	});

	it('are not to be expected of what functions load', () => {
		const func = node('f1', 'function', { func: '', libs: [{ var: 'a', module: 'node-red-helper@1' }] });
		expect(lacks([tab, func, modbus], [brings('node-red-helper')])[0]?.certainty).toBe('certain');
		// Whatever its name: a repository tells no types.
		expect(lacks([tab, func, modbus], [brings('@acme/pump-nodes')])[0]?.certainty).toBe('likely');
	});

	it('that are subflows must be among the flows', () => {
		expect(lacks([tab, { id: 's1', type: 'subflow' }, node('i1', 'subflow:s1')])).toEqual([]);
		expect(lacks([tab, node('i1', 'subflow:gone')])[0]).toMatchObject({
			certainty: 'certain',
			message: expect.stringContaining('the subflow gone'),
		});
	});
});
