import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { functionLibraries, isExactVersion, paletteFromNodeSets } from '../../../src/lib/node-red/palette.ts';
import { supportedVersion } from '../../../src/lib/node-red/version.ts';

const set = (module: string, types: string[], enabled = true) => ({
	id: `${module}/${types[0]}`,
	types,
	enabled,
	module,
	version: '1.2.3',
});

describe('the palette from node sets', () => {
	it('groups by module, without the core and what is switched off', () => {
		const sets = [
			set('zeta', ['z2']),
			set('node-red', ['inject']),
			set('alpha', ['a']),
			set('zeta', ['z1', 'z2']),
			set('off', ['o'], false),
		];
		expect(paletteFromNodeSets(sets)).toEqual([
			{ name: 'alpha', version: '1.2.3', types: ['a'] },
			{ name: 'zeta', version: '1.2.3', types: ['z1', 'z2'] },
		]);
	});
});

describe("function nodes' libraries", () => {
	const libraries = (...modules: unknown[]) =>
		functionLibraries([{ id: 'f', type: 'function', libs: modules.map((module) => ({ var: 'x', module })) } as FlowNode]).map(
			({ name, wanted }) => [name, wanted],
		);

	it.each([
		['lodash', [['lodash', '']]],
		['lodash@4.17.21', [['lodash', '4.17.21']]],
		['@scope/name', [['@scope/name', '']]],
		['@scope/name@^2', [['@scope/name', '^2']]],
		['name/sub/path@1', [['name', '1']]],
		['fs', []],
		['node:fs', []],
		['fs/promises', []],
		['', []],
		[7, []],
	])('reads %s', (module, expected) => {
		expect(libraries(module)).toEqual(expected);
	});

	it('names each once and looks at function nodes alone', () => {
		expect(libraries('b', 'a', 'b@2')).toEqual([
			['a', ''],
			['b', ''],
		]);
		expect(functionLibraries([{ id: 'x', type: 'other', libs: [{ module: 'a' }] }])).toEqual([]);
	});
});

describe('versions', () => {
	it.each([
		['1.2.3', true],
		['1.2.3-beta.1', true],
		['^1.2.3', false],
		['1.2', false],
		['latest', false],
	])('%s is exact: %s', (text, exact) => {
		expect(isExactVersion(text)).toBe(exact);
	});

	it('takes 4 and 5, also from a git checkout', () => {
		expect(supportedVersion('5.0.7-git', 'x')).toBe('5.0.7');
		expect(supportedVersion('v4.1.15', 'x')).toBe('4.1.15');
	});

	it.each(['3.1.0', '6.0.0', '50.0.0', ''])('refuses %s and says which it found', (version) => {
		expect(() => supportedVersion(version, 'The dev Node-RED')).toThrow(
			expect.objectContaining({ code: 'NODE_RED_UNSUPPORTED', message: expect.stringContaining(version), exitStatus: 2 }),
		);
	});
});
