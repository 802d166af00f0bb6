import { lint } from '../../../src/lib/lint/engine.ts';
import { checkPlugin, mergePlugins } from '../../../src/lib/lint/plugin.ts';
import { node, tab } from './judge.ts';

const rule = (more: object = {}) => ({ id: 'acme/x', family: 'portability', summary: 'An x', check: () => [], ...more });

describe('checkPlugin', () => {
	it('takes rules and types, and either alone', () => {
		const plugin = checkPlugin({ rules: [rule()], types: [{ type: 'acme', keeps: 'its count' }] }, './p.js');
		expect(plugin).toMatchObject({ rules: [{ id: 'acme/x', from: './p.js' }], types: [{ types: ['acme'] }] });
		expect(checkPlugin({}, './p.js')).toEqual({ rules: [], types: [] });
	});

	it.each([
		['nothing', undefined, 'exports no object'],
		['other things', { presets: [] }, "exports 'presets'"],
		['rules that are no list', { rules: {} }, 'rules that are no list'],
		['a rule that is none', { rules: [null] }, 'rule with index 0 whose id'],
		['an id without a team', { rules: [rule({ id: 'long-delay' })] }, 'team/what-it-finds'],
		['a family that there is not', { rules: [rule({ family: 'mine' })] }, 'whose family'],
		['no summary', { rules: [rule({ summary: '' })] }, 'without a summary'],
		['no check', { rules: [rule({ check: 1 })] }, 'without a function check'],
		['a key that means nothing', { rules: [rule({ severity: 'error' })] }, "a key 'severity'"],
		['types with a fault', { types: [{ type: 'a', keep: 'b' }] }, './p.js: types[0]'],
	])('refuses %s', (_, content, says) => expect(() => checkPlugin(content, './p.js')).toThrow(says));
});

it('mergePlugins refuses a rule that there is already', () => {
	const plugin = checkPlugin({ rules: [rule()] }, './p.js');
	expect(() => mergePlugins([plugin, plugin])).toThrow('has a rule acme/x, which there is already');
});

describe('a rule of a plugin', () => {
	const flows = [tab, node('a', 'json')];
	const judged = { node: flows[1], severity: 'warning', confidence: 'high', message: 'm', remediation: 'r' };
	const run = (judgement: object) =>
		lint(flows, {
			mode: 'hot-spare',
			rules: checkPlugin({ rules: [rule({ check: () => [judgement], docs: 'https://x' })] }, './p.js').rules,
		});

	it('is judged by like any other, and explained where it says', () => {
		expect(run(judged).findings).toEqual([expect.objectContaining({ rule: 'acme/x', nodeId: 'a', docs: 'https://x' })]);
	});

	it.each([
		['another node', { node: { ...flows[1] } }],
		['no node', { node: undefined }],
		['another severity', { severity: 'fatal' }],
		['another confidence', { confidence: undefined }],
		['no message', { message: '' }],
	])('fails the run with %s', (_, more) => {
		expect(() => run({ ...judged, ...more })).toThrow(
			expect.objectContaining({ code: 'LINT_RULE_FAILED', exitStatus: 3, hint: expect.stringContaining('the plugin ./p.js') }),
		);
	});
});
