import { findUnknownRules, type LintSection, resolveSettings } from '../../../src/lib/lint/settings.ts';

const section = (part: Partial<LintSection>): LintSection => ({
	extends: [],
	rules: {},
	overrides: [],
	ignore: { flows: [], files: [] },
	...part,
});
const site = { file: 'flows/a.json', flowId: 'f1', flowLabel: 'Line 1' };

describe('settings', () => {
	it('without a section change nothing', () => {
		const settings = resolveSettings();
		expect(settings).toMatchObject({ mode: undefined, failOn: 'error', minConfidence: 'low', maxWarnings: undefined });
		expect([
			settings.levelOf('long-delay', site),
			settings.isOff('long-delay'),
			settings.ignoresFile('a'),
			settings.ignoresFlow(site),
		]).toEqual([undefined, false, false, false]);
	});

	it('take presets, the later ones first, and the section before them', () => {
		const strict = resolveSettings(section({ extends: ['hot-spare', 'strict', 'load-balanced'] }));
		expect(strict).toMatchObject({ mode: 'load-balanced', failOn: 'warning' });
		expect(strict.levelOf('suppression-unused', site)).toBe('error');
		const milder = resolveSettings(section({ extends: ['strict'], failOn: 'never', rules: { 'suppression-unused': 'off' } }));
		expect(milder.failOn).toBe('never');
		expect(milder.isOff('suppression-unused')).toBe(true);
	});

	it('let the last override that fits win', () => {
		const settings = resolveSettings(
			section({
				rules: { a: 'error', b: 'off' },
				overrides: [
					{ flows: ['Line *'], rules: { a: 'warning', b: 'info' } },
					{ flows: ['f1'], files: ['flows/*.json'], rules: { a: 'info' } },
					{ flows: ['Other'], rules: { a: 'off' } },
					{ files: ['other/**'], rules: { a: 'off' } },
				],
			}),
		);
		expect(settings.levelOf('a', site)).toBe('info');
		expect(settings.levelOf('a', { ...site, file: null })).toBe('warning');
		expect(settings.levelOf('a', { file: 'other/x.json', flowId: null, flowLabel: null })).toBe('off');
		expect(settings.levelOf('a', { file: 'x.json', flowId: 'f9', flowLabel: 'Other' })).toBe('off');
		expect([settings.levelOf('b', site), settings.isOff('b'), settings.isOff('a')]).toEqual(['info', false, false]);
	});

	it('are not fooled by the names of what every object has', () => {
		const settings = resolveSettings(section({ overrides: [{ rules: {} }] }));
		expect(settings.levelOf('constructor', site)).toBeUndefined();
		expect(settings.isOff('toString')).toBe(false);
	});

	it('ignore files and flows', () => {
		const settings = resolveSettings(section({ ignore: { flows: ['Scratch', 'f7'], files: ['gen/**'] } }));
		expect([settings.ignoresFile('gen/a.json'), settings.ignoresFile('a.json')]).toEqual([true, false]);
		const flow = (flowId: string | null, flowLabel: string | null) => settings.ignoresFlow({ file: null, flowId, flowLabel });
		expect([flow('x', 'Scratch'), flow('f7', ''), flow('x', 'y'), flow(null, null)]).toEqual([true, true, false, false]);
	});

	it('know node types of a team, and refuse what is none', () => {
		expect(resolveSettings(section({ types: [{ type: 'acme', keeps: 'its count' }] })).types).toMatchObject([{ types: ['acme'] }]);
		expect(() => resolveSettings(section({ types: [{ type: 'acme', keep: 'x' }] }))).toThrow("lint.types[0] has the key 'keep'");
	});
});

it('findUnknownRules says where, and what was most likely meant', () => {
	const found = findUnknownRules(section({ rules: { 'long-dely': 'off', 'long-delay': 'off' }, overrides: [{ rules: { zzz: 'off' } }] }), [
		'long-delay',
	]);
	expect(found).toEqual([
		{ path: ['lint', 'rules', 'long-dely'], rule: 'long-dely', meant: 'long-delay' },
		{ path: ['lint', 'overrides', 0, 'rules', 'zzz'], rule: 'zzz', meant: undefined },
	]);
});
