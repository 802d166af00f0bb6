import { missingPaletteModule } from '../../../../src/lib/lint/rules/missing-palette-module.ts';
import { node, source, tab } from '../judge.ts';
import { judgeWith, type PaletteCase, paletteOf } from '../judge-with-palette.ts';

const flows = [tab, source('a'), node('a', 'acme-counter', {}, 'b'), node('b', 'acme-counter'), node('c', 'smooth')];
const known = paletteOf([['node-red-node-smooth', '0.1.2', ['smooth']]]);

describe('missing-palette-module fires', () => {
	it.each(['hot-spare', 'load-balanced'] as const)('once for a type that no module brings, in mode %s', (mode) => {
		const [finding, ...more] = judgeWith(missingPaletteModule, { flows, palette: known, mode });
		expect(more).toEqual([]);
		expect(finding).toMatchObject({ nodeId: 'a', severity: 'error', confidence: 'high' });
		expect(finding?.message).toMatch(/^No module of package\.json brings the type "acme-counter"\..* 2 nodes/);
		expect(finding?.remediation).toContain('Install the module');
	});

	it('with the module, where the catalogue knows it', () => {
		const [finding] = judgeWith(missingPaletteModule, { flows: [tab, node('c', 'smooth')], palette: paletteOf([]) });
		expect(finding).toMatchObject({ severity: 'error', remediation: expect.stringContaining('npm install node-red-node-smooth') });
	});

	it('less sure where it is not known what the modules bring', () => {
		const palette = paletteOf([['node-red-contrib-other', '1.0.0', null]]);
		const found = judgeWith(missingPaletteModule, { flows, palette });
		expect(found).toEqual([expect.objectContaining({ nodeId: 'c', severity: 'warning', confidence: 'medium' })]);
	});

	it('for disabled nodes as well, which Node-RED asks for all the same', () => {
		const off = [{ ...tab, disabled: true }, node('a', 'acme-counter')];
		expect(judgeWith(missingPaletteModule, { flows: off, palette: known })).toEqual([expect.objectContaining({ nodeId: 'a' })]);
	});
});

describe('missing-palette-module does not fire', () => {
	const subflow = { id: 's', type: 'subflow', name: 'S', in: [], out: [] };
	const cases: PaletteCase[] = [
		{ name: 'where no palette is known', flows, palette: undefined },
		{ name: 'for what a module brings', flows: [tab, node('c', 'smooth')], palette: known },
		{
			name: 'for a module whose types are not known',
			flows: [tab, node('c', 'smooth')],
			palette: paletteOf([['node-red-node-smooth', '^0.1.2', null]]),
		},
		{
			name: 'for the core, subflows, groups and comments',
			flows: [tab, subflow, source('a'), node('a', 'subflow:s'), node('g', 'group'), node('k', 'comment'), node('j', 'junction')],
			palette: paletteOf([]),
		},
	];
	it.each(cases)('$name', (each) => expect(judgeWith(missingPaletteModule, each)).toEqual([]));
});
