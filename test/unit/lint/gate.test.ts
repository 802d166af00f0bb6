import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { buildGateReport, type GateInput, judgeInputs } from '../../../src/lib/lint/gate.ts';
import { findFailures, type Thresholds } from '../../../src/lib/lint/outcome.ts';
import { timerOnEveryInstance } from '../../../src/lib/lint/rules/timer-on-every-instance.ts';
import { wireToNowhere } from '../../../src/lib/lint/rules/wire-to-nowhere.ts';
import { resolveSettings } from '../../../src/lib/lint/settings.ts';
import { gateInput, openGate } from './gate-subject.ts';
import { node, tab } from './judge.ts';

const options = { mode: 'load-balanced' as const, settings: resolveSettings(), rules: [timerOnEveryInstance, wireToNowhere] };

function run(inputs: GateInput[], minConfidence: 'high' | 'low' = 'low') {
	return buildGateReport(judgeInputs(inputs, options), options, { ...openGate, minConfidence }).report;
}

const lost = (id: string, properties = {}) => node(id, 'json', properties, 'gone');
const timer = node('t', 'inject', { repeat: '5' }, 'show');
const show = node('show', 'debug');

describe('a gate report', () => {
	it('sums several files up, each finding with its own', () => {
		const { findings, summary, files } = run([gateInput('a.json', [tab, lost('x')]), gateInput(null, [tab, timer, show])]);
		expect(findings.map(({ rule, file, line }) => [rule, file, line])).toEqual([
			['wire-to-nowhere', 'a.json', 3],
			['timer-on-every-instance', null, null],
		]);
		expect(summary).toEqual({ nodes: 5, flows: 2, errors: 1, warnings: 1, infos: 0 });
		expect(files).toEqual(['a.json']);
	});

	it('leaves out what is too unsure', () => {
		const report = run([gateInput('a.json', [tab, timer, show, lost('x')])], 'high');
		expect(report.findings.map(({ rule }) => rule)).toEqual(['wire-to-nowhere']);
		expect(report).toMatchObject({ omitted: { confidence: 1 }, summary: { errors: 0, warnings: 1 } });
	});
});

describe('news', () => {
	const newsOf = (now: FlowNode[], earlier: FlowNode[]) => {
		const { findings, omitted } = run([{ ...gateInput('a.json', now), earlier }]);
		return { found: findings.map(({ nodeId }) => nodeId), unchanged: omitted.unchanged };
	};

	it('are findings at nodes that are new or changed', () => {
		const now = [tab, lost('old'), lost('new'), lost('changed', { property: 'b' })];
		expect(newsOf(now, [tab, lost('old'), lost('changed', { property: 'a' })])).toEqual({ found: ['new', 'changed'], unchanged: 1 });
	});

	it('are not made by a node that was only moved', () => {
		expect(newsOf([tab, lost('a', { x: 900 })], [tab, lost('a')])).toEqual({ found: [], unchanged: 1 });
	});

	it('are findings that were not there before, at nodes that are as they were', () => {
		const flows = [tab, timer, show];
		expect(newsOf(flows, [{ ...tab, disabled: true }, timer, show]).found).toEqual(['t']);
		expect(newsOf(flows, flows)).toEqual({ found: [], unchanged: 1 });
	});

	it('are all where there was nothing before', () => {
		expect(newsOf([tab, lost('a')], [])).toEqual({ found: ['a'], unchanged: 0 });
	});
});

describe('findFailures', () => {
	const report = run([gateInput('a.json', [tab, lost('x'), lost('y')])]);
	const entry = { file: null, rule: 'r', nodeId: 'n', severity: 'info' as const, fingerprint: '' };
	const reasons = ({ stale = 0, ...gate }: Partial<Thresholds> & { stale?: number }) =>
		findFailures({ ...report, stale: Array(stale).fill(entry) }, { ...openGate, ...gate }).map(({ reason }) => reason);

	it('says nothing of what passes', () => {
		expect([reasons({}), reasons({ maxWarnings: 2 }), reasons({ failOn: 'never' })]).toEqual([[], [], []]);
	});

	it('says why it does not pass', () => {
		expect(reasons({ failOn: 'warning' })).toEqual(['there are findings at or above warning']);
		expect(reasons({ maxWarnings: 1 })).toEqual(['2 warnings are more than the 1 that may be']);
		expect(reasons({ stale: 1, failOn: 'never' })).toEqual(['the baseline has an entry that covers nothing any more']);
	});
});
