import type { Mode } from '../../../src/lib/flows/mode.ts';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { judge } from '../../../src/lib/lint/judge.ts';
import { longDelay } from '../../../src/lib/lint/rules/long-delay.ts';
import { timerOnEveryInstance } from '../../../src/lib/lint/rules/timer-on-every-instance.ts';
import { wireToNowhere } from '../../../src/lib/lint/rules/wire-to-nowhere.ts';
import { type LintSection, resolveSettings } from '../../../src/lib/lint/settings.ts';
import { node, tab } from './judge.ts';

const rules = [longDelay, timerOnEveryInstance, wireToNowhere];

function run(flows: FlowNode[], part: Partial<LintSection> = {}, mode: Mode = 'hot-spare') {
	const settings = resolveSettings({ extends: [], rules: {}, overrides: [], ignore: { flows: [], files: [] }, ...part });
	const { report, suppressed } = judge(flows, { mode, rules, settings });
	return {
		found: report.findings.map(({ rule, nodeId, severity }) => `${severity} ${rule} ${nodeId}`),
		suppressed: suppressed.map(({ rule, nodeId }) => `${rule} ${nodeId}`),
		report,
	};
}

/** Finds one wire to nowhere. */
const lost = (info?: unknown, properties = {}) => node('a', 'json', { ...(info === undefined ? {} : { info }), ...properties }, 'gone');
const withInfo = (info: string): FlowNode => ({ ...tab, info });

describe('a suppression', () => {
	it.each([
		['alone', 'flowferry-disable wire-to-nowhere: comes later'],
		['between other lines', 'What it does.\r\n  flowferry-disable wire-to-nowhere : comes later\r\nMore.'],
		['hidden in a comment of HTML', '<!-- flowferry-disable wire-to-nowhere: comes later -->'],
		['as code in a list', '- `flowferry-disable wire-to-nowhere: comes later`'],
	])('in a node works %s', (_name, info) => {
		expect(run([tab, lost(info)])).toMatchObject({ found: [], suppressed: ['wire-to-nowhere a'] });
	});

	it('in a flow works for all that stands in it, and for no other flow', () => {
		const other: FlowNode = { ...lost(), id: 'b', z: 'tab2' };
		const flows = [withInfo('flowferry-disable wire-to-nowhere: later'), lost(), { id: 'tab2', type: 'tab', label: 'B' }, other];
		expect(run(flows)).toMatchObject({ found: ['warning wire-to-nowhere b'], suppressed: ['wire-to-nowhere a'] });
	});

	it('in a subflow works for what stands in it', () => {
		const subflow: FlowNode = { id: 's', type: 'subflow', name: 'S', info: 'flowferry-disable wire-to-nowhere: later' };
		expect(run([tab, subflow, node('i', 'subflow:s'), { ...lost(), z: 's' }])).toMatchObject({
			found: [],
			suppressed: ['wire-to-nowhere a'],
		});
	});

	it('counts no more in the summary', () => {
		expect(run([tab, lost('flowferry-disable wire-to-nowhere: later')]).report.summary).toMatchObject({ nodes: 2, warnings: 0 });
	});

	it('may name several rules, each of which must be met', () => {
		const { found, suppressed } = run([tab, lost('flowferry-disable wire-to-nowhere, long-delay: later')]);
		expect([found, suppressed]).toEqual([['warning suppression-unused a'], ['wire-to-nowhere a']]);
	});
});

describe('a suppression without a reason', () => {
	it.each(['flowferry-disable wire-to-nowhere', 'flowferry-disable wire-to-nowhere:   ', '<!-- flowferry-disable wire-to-nowhere: -->'])(
		'%j is reported and has no effect',
		(info) => {
			expect(run([tab, lost(info)])).toMatchObject({
				found: ['warning suppression-without-reason a', 'warning wire-to-nowhere a'],
				suppressed: [],
			});
		},
	);
});

describe('a suppression that is not used', () => {
	const messageOf = (info: string, flows: (info: string) => FlowNode[] = (text) => [tab, node('a', 'json', { info: text })]) => {
		const { report } = run(flows(info));
		expect(report.findings).toHaveLength(1);
		expect(report.findings[0]).toMatchObject({
			rule: 'suppression-unused',
			family: 'correctness',
			docs: 'docs/rules/suppression-unused.md',
		});
		return `${report.findings[0]?.message} ${report.findings[0]?.remediation}`;
	};

	it('is reported at its node', () => {
		expect(messageOf('flowferry-disable long-delay: why')).toContain('long-delay finds nothing at this node, in neither mode');
	});

	it('is reported at its flow', () => {
		const { report } = run([withInfo('flowferry-disable long-delay: why')]);
		expect(report.findings).toMatchObject([{ nodeId: 'tab', nodeType: 'tab', flowId: 'tab', flowLabel: 'Plant' }]);
	});

	it('says which rule was most likely meant', () => {
		expect(messageOf('flowferry-disable long-dely: why')).toContain('"long-dely", which is no rule. Write long-delay');
		expect(messageOf('flowferry-disable: why')).toContain('names no rule');
	});

	it('is not reported where the other mode uses it', () => {
		const timer = node('t', 'inject', { repeat: '5', info: 'flowferry-disable timer-on-every-instance: idempotent' }, 'x');
		const flows = [tab, timer, node('x', 'debug')];
		expect(run(flows)).toMatchObject({ found: [], suppressed: [] });
		expect(run(flows, {}, 'load-balanced')).toMatchObject({ found: [], suppressed: ['timer-on-every-instance t'] });
	});

	it('is not reported where nothing runs, or where its rule is off', () => {
		const info = 'flowferry-disable long-delay: why';
		expect(run([{ ...tab, disabled: true, info }, node('a', 'json', { info }), { id: 's', type: 'subflow', info }]).found).toEqual([]);
		expect(run([tab, node('a', 'json', { info, d: true })]).found).toEqual([]);
		expect(run([tab, node('a', 'json', { info })], { rules: { 'long-delay': 'off' } }).found).toEqual([]);
	});

	it('is not seen in a mere mention, or in an info that is no text', () => {
		expect(run([tab, node('a', 'json', { info: 'Write flowferry-disable x to suppress' }), node('b', 'json', { info: 7 })]).found).toEqual(
			[],
		);
		expect(run([tab, node('a', 'json', { info: 'flowferry-disable-all' })]).found).toEqual([]);
	});
});

describe('levels', () => {
	it('change severities, before findings are sorted and counted', () => {
		const flows = [tab, lost(), node('d', 'delay', { pauseType: 'delay', timeout: '9', timeoutUnits: 'hours' }, 'gone')];
		const { report } = run(flows, {
			rules: { 'wire-to-nowhere': 'error' },
			overrides: [{ flows: ['Plant'], rules: { 'long-delay': 'off' } }],
		});
		expect(report.findings.map(({ rule, severity }) => [rule, severity])).toEqual([
			['wire-to-nowhere', 'error'],
			['wire-to-nowhere', 'error'],
		]);
		expect(report.summary).toMatchObject({ errors: 2, warnings: 0 });
	});

	it('apply to suppressions too, and ignored flows are not judged at all', () => {
		const flows = [withInfo('flowferry-disable long-delay: why'), lost()];
		expect(run(flows, { extends: ['strict'] }).found).toEqual(['error suppression-unused tab', 'warning wire-to-nowhere a']);
		expect(run(flows, { ignore: { flows: ['Plant'], files: [] } }).found).toEqual([]);
	});
});
