import { lint } from '../../../src/lib/lint/engine.ts';
import type { LintReport } from '../../../src/lib/lint/finding.ts';
import { renderLint } from '../../../src/lib/ui/render-lint.ts';
import { createTheme, plainTheme } from '../../../src/lib/ui/theme.ts';
import { config, node, tab } from './judge.ts';

const flows = [
	tab,
	config('b', 'mqtt-broker', { clientid: 'plant', name: 'Broker' }),
	node('in', 'mqtt in', { broker: 'b', topic: 't' }, 'gone', 'out'),
	node('out', 'debug'),
];
const report: LintReport = lint(flows, { mode: 'load-balanced' });

describe('renderLint', () => {
	it('groups findings by flow and sums up', () => {
		const text = renderLint(report, 'flows.json', plainTheme);
		expect(text).toMatch(/^Config nodes of all flows\n {2}error {4}mqtt-broker "Broker" {2}b\n {11}All instances connect as "plant"\./);
		expect(text).toMatch(
			/\n\nFlow "Plant"\n {2}error {4}mqtt in \(no name\) {2}in\n {11}The broker gives[^\n]+\n {11}→ Subscribe to[^\n]+\n {11}mqtt-subscription-not-shared, confidence high\n {2}warning {2}/,
		);
		expect(text).toMatch(/\n\n2 errors, 1 warning, 0 infos: 4 nodes in 1 flow of flows\.json, judged for load-balanced$/);
	});

	it('says that there is nothing to say', () => {
		expect(renderLint(lint([tab], { mode: 'hot-spare' }), 'flows.json', plainTheme)).toBe(
			'no findings: 1 node in 1 flow of flows.json, judged for hot-spare',
		);
	});

	it('lets nothing of a name act on the terminal', () => {
		const [finding] = report.findings;
		const hostile = { ...report, findings: [{ ...finding!, nodeName: 'a\u001b[2Jb\nc', flowId: 'tab', flowLabel: '\u0007' }] };
		expect(renderLint(hostile, 'flows.json', plainTheme)).toContain('Flow " "\n  error    mqtt-broker "a [2Jb c"');
	});

	it('colours severities where the stream has colours, and only there', () => {
		const colourStart = String.fromCharCode(27);
		expect(renderLint(report, 'f', createTheme({ hasColors: () => true }))).toContain(`${colourStart}[31merror`);
		expect(renderLint(report, 'f', createTheme({ hasColors: () => false }))).not.toContain(colourStart);
		expect(renderLint(report, 'f', createTheme({}))).not.toContain(colourStart);
	});
});
