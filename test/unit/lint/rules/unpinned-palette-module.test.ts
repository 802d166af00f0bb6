import { unpinnedPaletteModule } from '../../../../src/lib/lint/rules/unpinned-palette-module.ts';
import { node, source, tab } from '../judge.ts';
import { judgeWith, paletteOf } from '../judge-with-palette.ts';

const flows = [tab, source('a'), node('a', 'smooth', {}, 'b'), node('b', 'smooth')];
const asking = (wanted: string, isLocked = false) => paletteOf([['node-red-node-smooth', wanted, ['smooth']]], isLocked);

describe('unpinned-palette-module fires', () => {
	it.each([
		['^0.1.2', 'info'],
		['~0.1.2', 'info'],
		['0.1', 'info'],
		['1.x', 'info'],
		['latest', 'warning'],
		['*', 'warning'],
		['', 'warning'],
		['>=0.1.0', 'warning'],
		['github:acme/smooth', 'warning'],
		['file:../smooth', 'warning'],
	])('for %j, as %s', (wanted, severity) => {
		const [finding, ...more] = judgeWith(unpinnedPaletteModule, { flows, palette: asking(wanted) });
		expect(more).toEqual([]);
		expect(finding).toMatchObject({ nodeId: 'a', severity, related: [{ nodeId: 'b', nodeName: '', why: 'of the same module' }] });
		expect(finding?.message).toContain('node-red-node-smooth');
	});

	it('without the password of an address, and for the mode', () => {
		const palette = asking('git+https://me:s3cret@git.example/smooth.git');
		const [spare] = judgeWith(unpinnedPaletteModule, { flows, palette });
		const [balanced] = judgeWith(unpinnedPaletteModule, { flows, palette, mode: 'load-balanced' });
		expect(spare?.message).toContain('"git+https://git.example/smooth.git"');
		expect(spare?.message).toContain('the spare');
		expect(balanced?.message).toContain('the instances');
	});

	it('where only the catalogue tells which module it is', () => {
		const palette = paletteOf([['node-red-node-smooth', '^0.1.2', null]]);
		expect(judgeWith(unpinnedPaletteModule, { flows, palette })).toHaveLength(1);
	});
});

describe('unpinned-palette-module does not fire', () => {
	it.each(['0.1.2', 'v0.1.2', '1.0.0-beta.1', `github:acme/smooth#${'a1'.repeat(20)}`])('for %j', (wanted) => {
		expect(judgeWith(unpinnedPaletteModule, { flows, palette: asking(wanted) })).toEqual([]);
	});

	it('beside a lockfile, without a palette, for modules that no running node needs', () => {
		expect(judgeWith(unpinnedPaletteModule, { flows, palette: asking('^0.1.2', true) })).toEqual([]);
		expect(judgeWith(unpinnedPaletteModule, { flows, palette: undefined })).toEqual([]);
		const off = flows.map((each) => (each.type === 'tab' ? { ...each, disabled: true } : each));
		expect(judgeWith(unpinnedPaletteModule, { flows: off, palette: asking('^0.1.2') })).toEqual([]);
	});
});
