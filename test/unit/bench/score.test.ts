import type { Labels } from '../../../bench/corpus/labels.ts';
import { scoreFile } from '../../../bench/corpus/score.ts';
import { tallyScores } from '../../../bench/corpus/tally.ts';
import type { Finding } from '../../../src/lib/lint/finding.ts';

function finding(nodeId: string, change: Partial<Finding> = {}): Finding {
	return {
		rule: 'a-rule',
		family: 'timers',
		severity: 'error',
		confidence: 'high',
		nodeId,
		nodeType: 'inject',
		nodeName: '',
		flowId: 'f1',
		flowLabel: '',
		message: '',
		remediation: '',
		docs: '',
		...change,
	};
}

const labels: Labels = {
	file: 'a.json',
	labelledFlows: 'all',
	hazards: [
		{ class: 'timers', hotSpare: null, loadBalanced: 'error', hazard: 'timer', nodes: { inject: 't1 t2' } },
		{
			class: 'listeners',
			hotSpare: 'info',
			loadBalanced: 'warning',
			hazard: 'dashboard',
			anyOf: true,
			nodes: { ui_text: 'u1', ui_base: 'u2' },
		},
	],
	tolerated: [{ class: 'portability', why: 'depends', nodes: { 'http request': 'h1' } }],
	temptations: [{ looksLike: 'timers', because: 'manual inject', nodes: { inject: 'm1' } }],
	inactive: { flows: '', nodes: '' },
};

describe('a score', () => {
	it('counts a node once for each class, however many rules speak of it, at the gravest severity', () => {
		const score = scoreFile(labels, 'load-balanced', [finding('t1', { severity: 'info' }), finding('t1', { rule: 'another' })]);
		expect(score.expectations.map(({ nodeIds, found }) => [nodeIds, found])).toEqual([
			[['t1'], 'error'],
			[['t2'], null],
			[['u1', 'u2'], null],
		]);
		expect(score.falseAlarms).toEqual([]);
	});

	it('takes one finding for a hazard of several nodes, and none of more for wrong', () => {
		const score = scoreFile(labels, 'hot-spare', [
			finding('u1', { family: 'listeners', severity: 'info' }),
			finding('u2', { family: 'listeners', severity: 'warning' }),
		]);
		expect(score.expectations).toEqual([
			{ class: 'listeners', severity: 'info', hazard: 'dashboard', nodeIds: ['u1', 'u2'], found: 'warning' },
		]);
		expect(score.falseAlarms).toEqual([]);
	});

	it('says why a finding is a false alarm', () => {
		const alarms = (...findings: Finding[]): string[] => scoreFile(labels, 'hot-spare', findings).falseAlarms.map(({ why }) => why);
		expect(alarms(finding('m1'))).toEqual(['manual inject']);
		expect(alarms(finding('t1'))).toEqual(['no hazard in this mode']);
		expect(alarms(finding('t1', { family: 'local' }))).toEqual(['labelled as timers']);
		expect(alarms(finding('other'))).toEqual(['not labelled as a hazard']);
	});

	it('counts what is tolerated neither way, and only in its class', () => {
		const score = scoreFile(labels, 'hot-spare', [finding('h1', { family: 'portability' }), finding('h1', { family: 'local' })]);
		expect(score.tolerated.map(({ family }) => family)).toEqual(['portability']);
		expect(score.falseAlarms.map(({ finding: { family } }) => family)).toEqual(['local']);
	});

	it('leaves out flows that are not labelled, but not hazards of the whole file', () => {
		const partly: Labels = { ...labels, labelledFlows: ['f2'] };
		const score = scoreFile(partly, 'load-balanced', [
			finding('x'),
			finding('config', { flowId: null }),
			finding('u1', { family: 'listeners' }),
			finding('y', { flowId: 'f2' }),
		]);
		expect(score.falseAlarms.map(({ finding: { nodeId } }) => nodeId)).toEqual(['y']);
		expect(score.expectations.at(-1)?.found).toBe('error');
	});
});

describe('a tally', () => {
	it('gives recall and precision by family and mode, and for all', () => {
		const rows = tallyScores([
			scoreFile(labels, 'hot-spare', [finding('u1', { family: 'listeners', severity: 'info' })]),
			scoreFile(labels, 'load-balanced', [finding('t1', { severity: 'warning' }), finding('m1'), finding('m1', { rule: 'another' })]),
		]);
		expect(rows.map(({ family, mode, found, hazards, falseAlarms }) => `${family} ${mode} ${found}/${hazards} +${falseAlarms}`)).toEqual([
			'timers load-balanced 1/2 +1',
			'listeners hot-spare 1/1 +0',
			'listeners load-balanced 0/1 +0',
			'all hot-spare 1/1 +0',
			'all load-balanced 1/3 +1',
			'all both 2/4 +1',
		]);
		expect(rows.find(({ family }) => family === 'timers')).toMatchObject({ recall: 0.5, precision: 0.5, sameSeverity: 0 });
		expect(rows.find(({ mode, family }) => mode === 'load-balanced' && family === 'listeners')).toMatchObject({
			recall: 0,
			precision: null,
		});
	});
});
