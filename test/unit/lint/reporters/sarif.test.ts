import type { FlowNode } from '../../../../src/lib/flows/node.ts';
import { sarif } from '../../../../src/lib/lint/reporters/sarif.ts';
import type { Rule } from '../../../../src/lib/lint/rule.ts';
import { fixedClientId } from '../../../../src/lib/lint/rules/fixed-client-id.ts';
import { functionSyntax } from '../../../../src/lib/lint/rules/function-syntax.ts';
import { wireToNowhere } from '../../../../src/lib/lint/rules/wire-to-nowhere.ts';
import { gateInput, hostileNode, hostileRule, hostileTab, subjectOf } from '../gate-subject.ts';
import { config, node, tab } from '../judge.ts';

const flows = [tab, config('b', 'mqtt-broker', { clientid: 'p' }), node('in', 'mqtt in', { broker: 'b', topic: 't' }, 'gone')];
const rules = [fixedClientId, functionSyntax, wireToNowhere];
const log = JSON.parse(sarif(subjectOf([gateInput('a b/ü.json', flows), gateInput('/abs/f.json', flows)], rules)));
const [run] = log.runs;

/** What SARIF 2.1.0 asks of a log like ours, clause by clause (the numbers are those of the standard). */
describe('sarif', () => {
	it('is a log of one run (3.13.2, 3.13.4)', () => {
		expect(Object.keys(log)).toEqual(['$schema', 'version', 'runs']);
		expect(log.version).toBe('2.1.0');
		expect(log.runs).toHaveLength(1);
	});

	it('names the tool and only rules that found something, each once (3.19, 3.49)', () => {
		const { driver } = run.tool;
		expect(driver).toMatchObject({ name: 'flowferry', version: '1.2.3', semanticVersion: '1.2.3' });
		const ids = driver.rules.map((rule: { id: string }) => rule.id);
		expect(ids).toEqual(['fixed-client-id', 'wire-to-nowhere']);
		for (const rule of driver.rules) {
			expect(rule.shortDescription.text).toMatch(/\.$/);
			expect(rule.help.text).toBe(`flowferry rules ${rule.id}`);
		}
	});

	it('points each result at its rule, its file and its line (3.27, 3.28, 3.30)', () => {
		expect(run.results).toHaveLength(4);
		for (const result of run.results) {
			expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
			expect(['error', 'warning', 'note']).toContain(result.level);
			expect(result.message.text).not.toBe('');
			const { artifactLocation, region } = result.locations[0].physicalLocation;
			expect(run.artifacts[artifactLocation.index].location.uri).toBe(artifactLocation.uri);
			expect(region).toEqual({ startLine: result.properties.nodeId === 'b' ? 3 : 4, startColumn: 7 });
		}
	});

	it('has URIs, relative where the path is (3.4.3)', () => {
		expect(run.artifacts.map((artifact: { location: { uri: string } }) => artifact.location.uri)).toEqual([
			'a%20b/%C3%BC.json',
			'file:///abs/f.json',
		]);
	});

	it('follows a result by a fingerprint of its own (3.27.17), and a run by its mode (3.17)', () => {
		const fingerprints = run.results.map((result: { partialFingerprints: object }) => JSON.stringify(result.partialFingerprints));
		expect(new Set(fingerprints).size).toBe(4);
		expect(run.automationDetails.id).toBe('flowferry/load-balanced/');
		expect(run.columnKind).toBe('utf16CodeUnits');
	});

	it('has only logical locations where there is no file (3.33)', () => {
		const [result] = JSON.parse(sarif(subjectOf([gateInput(null, flows)], rules))).runs[0].results;
		expect(result.locations).toEqual([{ logicalLocations: [{ name: 'b', fullyQualifiedName: 'b', kind: 'object' }] }]);
	});

	it('points at what else it takes to understand a result (3.27.22)', () => {
		const related: Rule = {
			...hostileRule,
			check: (context) =>
				context.ofType('x').map((found) => ({
					...{ node: found, severity: 'error' as const, confidence: 'high' as const, message: 'm', remediation: 'r' },
					related: [{ node: context.graph.byId.get('tab') as FlowNode, why: 'its flow' }],
				})),
		};
		const [result] = JSON.parse(sarif(subjectOf([gateInput('f.json', [hostileTab, hostileNode])], [related]))).runs[0].results;
		expect(result.relatedLocations).toEqual([
			{
				id: 0,
				physicalLocation: { artifactLocation: { uri: 'f.json', index: 0 }, region: { startLine: 2, startColumn: 7 } },
				message: { text: expect.stringMatching(/: its flow$/) },
			},
		]);
	});

	it('makes no link of a name (3.11.6), and is JSON whatever a name holds', () => {
		const [result] = JSON.parse(sarif(subjectOf([gateInput('f.json', [hostileTab, hostileNode])], [hostileRule]))).runs[0].results;
		expect(result.message.text).toContain('[l] (u)');
	});

	it('has no results where there is nothing to say', () => {
		expect(JSON.parse(sarif(subjectOf([gateInput('f.json', [tab])]))).runs[0]).toMatchObject({
			results: [],
			tool: { driver: { rules: [] } },
		});
	});
});
