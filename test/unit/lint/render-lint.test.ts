import { fixedClientId } from '../../../src/lib/lint/rules/fixed-client-id.ts';
import { mqttSubscriptionNotShared } from '../../../src/lib/lint/rules/mqtt-subscription-not-shared.ts';
import { wireToNowhere } from '../../../src/lib/lint/rules/wire-to-nowhere.ts';
import { renderLint, renderTiming } from '../../../src/lib/ui/render-lint.ts';
import { createTheme, plainTheme } from '../../../src/lib/ui/theme.ts';
import { gateInput, hostileNode, hostileRule, hostileTab, subjectOf } from './gate-subject.ts';
import { config, node, tab } from './judge.ts';

const flows = [
	tab,
	config('b', 'mqtt-broker', { clientid: 'plant', name: 'Broker' }),
	node('in', 'mqtt in', { broker: 'b', topic: 't' }, 'gone', 'out'),
	node('out', 'json'),
];
const inputs = [gateInput('flows.json', flows)];
const rules = [fixedClientId, mqttSubscriptionNotShared, wireToNowhere];
const { report } = subjectOf(inputs, rules);

describe('renderLint', () => {
	it('groups findings by flow and sums up', () => {
		const text = renderLint(report, inputs, plainTheme);
		expect(text).toMatch(/^Config nodes of all flows\n {2}error {4}mqtt-broker "Broker" {2}b\n {11}All instances connect as "plant"\./);
		expect(text).toMatch(
			/\n\nFlow "Plant"\n {2}error {4}mqtt in \(no name\) {2}in\n {11}The broker gives[^\n]+\n {11}→ Subscribe to[^\n]+\n {11}mqtt-subscription-not-shared, confidence high, flows\.json:4\n {2}warning {2}/,
		);
		expect(text).toMatch(/\n\n2 errors, 1 warning, 0 infos: 4 nodes in 1 flow of flows\.json, judged for load-balanced$/);
	});

	it('says that there is nothing to say', () => {
		const quiet = [gateInput(null, [tab])];
		expect(renderLint(subjectOf(quiet, rules).report, quiet, plainTheme)).toBe(
			'Cutover\n  "Plant": overlap\n\nno findings: 1 node in 1 flow of standard input, judged for load-balanced',
		);
	});

	it('tells files apart, and flows of the same id in them', () => {
		const two = [...inputs, gateInput('more/flows.json', flows)];
		const text = renderLint(subjectOf(two, rules).report, two, plainTheme);
		expect(text.match(/^Flow .*$/gm)).toEqual(['Flow "Plant" of flows.json', 'Flow "Plant" of more/flows.json']);
		expect(text).toMatch(/4 errors, 2 warnings, 0 infos: 8 nodes in 2 flows of 2 files, judged for load-balanced$/);
	});

	it('says what a cutover may do with each flow, and why not more', () => {
		const because = [{ strategy: 'overlap' as const, nodeId: 'n', rule: null, reason: 'It counts.' }];
		const verdict = {
			file: 'f.json',
			flowId: 'f',
			flowLabel: 'F',
			allows: ['gated' as const, 'exclusive' as const],
			notReady: false,
			sharing: null,
			because,
		};
		const text = (...verdicts: (typeof verdict)[]) => renderLint({ ...report, findings: [], verdicts }, inputs, plainTheme);
		expect(text(verdict)).toMatch(/^Cutover\n {2}"F": gated \(not overlap: It counts\.\)\n\n/);
		expect(text({ ...verdict, notReady: true })).toMatch(/^Cutover\n {2}"F": not ready\n\n/);
		expect(text()).toMatch(/^2 errors/);
	});

	it('counts what is left out, by the reason', () => {
		const omitted = { suppressed: 1, baseline: 2, unchanged: 0, confidence: 3 };
		expect(renderLint({ ...report, omitted }, inputs, plainTheme)).toMatch(
			/\nleft out: 1 suppressed in the flows, 2 in the baseline, 3 too unsure$/,
		);
	});

	it('lets nothing of a name act on the terminal', () => {
		const hostile = [gateInput(null, [hostileTab, hostileNode])];
		const text = renderLint(subjectOf(hostile, [hostileRule]).report, hostile, plainTheme);
		expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
		expect(text.split('\n')).toHaveLength(3 * 4 + 6);
	});

	it('colours severities where the stream has colours, and only there', () => {
		const colourStart = String.fromCharCode(27);
		expect(renderLint(report, inputs, createTheme({ hasColors: () => true }))).toContain(`${colourStart}[31merror`);
		expect(renderLint(report, inputs, createTheme({ hasColors: () => false }))).not.toContain(colourStart);
		expect(renderLint(report, inputs, createTheme({}))).not.toContain(colourStart);
	});
});

it('renderTiming gives each part and the sum', () => {
	expect(
		renderTiming(
			[
				{ what: 'a', ms: 12.34 },
				{ what: 'b', ms: 1 },
			],
			plainTheme,
		),
	).toBe('     12.3 ms  a\n      1.0 ms  b\n     13.3 ms  in all');
});
