import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { lint } from '../../../src/lib/lint/engine.ts';
import type { Severity } from '../../../src/lib/lint/finding.ts';
import { severityReaches } from '../../../src/lib/lint/report.ts';
import type { Rule } from '../../../src/lib/lint/rule.ts';
import { config, node, tab } from './judge.ts';

/** A rule that finds the given nodes. */
function finder(id: string, ...found: [FlowNode, Severity][]): Rule {
	return {
		id,
		family: 'correctness',
		summary: 'A rule of this test',
		check: () => found.map(([node, severity]) => ({ node, severity, confidence: 'high', message: 'm', remediation: 'r' })),
	};
}

const second: FlowNode = { id: 'tab2', type: 'tab', label: 'Second' };
const a = node('a', 'json', { name: 'A' });
const b = node('b', 'json');
const c: FlowNode = { ...node('c', 'json'), z: 'tab2' };
const broker = config('broker', 'mqtt-broker');

describe('lint', () => {
	it('gives findings in their contract', () => {
		const report = lint([tab, a, broker], { mode: 'hot-spare', rules: [finder('r', [a, 'warning'], [broker, 'info'])] });
		expect(report).toEqual({
			version: 1,
			mode: 'hot-spare',
			findings: [
				{
					rule: 'r',
					family: 'correctness',
					severity: 'warning',
					confidence: 'high',
					nodeId: 'a',
					nodeType: 'json',
					nodeName: 'A',
					flowId: 'tab',
					flowLabel: 'Plant',
					message: 'm',
					remediation: 'r',
					docs: 'docs/rules/r.md',
				},
				expect.objectContaining({ nodeId: 'broker', nodeName: '', flowId: null, flowLabel: null }),
			],
			summary: { nodes: 3, flows: 1, errors: 0, warnings: 1, infos: 1 },
			verdicts: [expect.objectContaining({ flowId: 'tab', flowLabel: 'Plant', notReady: false })],
		});
	});

	it('names the subflow of a node that stands in one', () => {
		const inner: FlowNode = { ...a, z: 'sub' };
		const { findings } = lint([{ id: 'sub', type: 'subflow', name: 'Pump' }, inner], {
			mode: 'hot-spare',
			rules: [finder('r', [inner, 'info'])],
		});
		expect(findings[0]).toMatchObject({ flowId: 'sub', flowLabel: 'Pump' });
	});

	it('sorts by severity, flow, rule and node, whatever the order of the rules', () => {
		const flows = [tab, second, b, a, c, broker];
		const rules = [finder('y', [a, 'warning'], [c, 'error'], [b, 'warning']), finder('x', [a, 'warning'], [b, 'error'], [broker, 'error'])];
		const order = (list: Rule[]): string[] =>
			lint(flows, { mode: 'hot-spare', rules: list }).findings.map(({ rule, nodeId }) => `${rule} ${nodeId}`);
		expect(order(rules)).toEqual(['x broker', 'x b', 'y c', 'x a', 'y b', 'y a']);
		expect(order([...rules].reverse())).toEqual(order(rules));
	});

	it('takes no flows at all', () => {
		expect(lint([], { mode: 'load-balanced' })).toMatchObject({ findings: [], summary: { nodes: 0, flows: 0 } });
	});

	it('fails with status 3 where a rule throws, even halfway', () => {
		const broken: Rule = {
			...finder('broken'),
			*check() {
				yield { node: a, severity: 'info', confidence: 'low', message: 'm', remediation: 'r' };
				throw new Error('boom');
			},
		};
		let thrown: unknown;
		try {
			lint([tab, a], { mode: 'hot-spare', rules: [broken] });
		} catch (error) {
			thrown = error;
		}
		expect(thrown).toBeInstanceOf(FlowferryError);
		expect(thrown).toMatchObject({ code: 'LINT_RULE_FAILED', exitStatus: 3, message: 'The rule broken failed: boom' });
	});

	it('bears nodes whose properties are not what they should be', () => {
		const types = [
			'inject',
			'function',
			'change',
			'switch',
			'mqtt in',
			'mqtt-broker',
			'delay',
			'join',
			'link call',
			'link in',
			'catch',
			'template',
			'subflow:s',
			'file',
		];
		const odd: unknown[] = [null, 7, 'x', [], {}, [null], [[null]], [{ p: null }]];
		const names = [
			'rules',
			'props',
			'wires',
			'links',
			'scope',
			'func',
			'topic',
			'broker',
			'name',
			'in',
			'out',
			'z',
			'clientid',
			'repeat',
			'template',
			'filename',
		];
		const flows = odd.flatMap((value, index) => [
			...types.map(
				(type) => ({ id: `${type}${index}`, type, ...Object.fromEntries(names.map((name) => [name, value])) }) as unknown as FlowNode,
			),
			{ id: `tab${index}`, type: 'tab', label: value } as unknown as FlowNode,
		]);
		const subflow = { id: 's', type: 'subflow', in: 7, out: [null, { wires: [null, { id: 5 }] }] };
		for (const mode of ['hot-spare', 'load-balanced'] as const) expect(() => lint([...flows, subflow], { mode })).not.toThrow();
	});
});

describe('severityReaches', () => {
	const report = (severity: Severity) => lint([tab, a], { mode: 'hot-spare', rules: [finder('r', [a, severity])] });
	it.each<[Severity, Record<string, boolean>]>([
		['error', { error: true, warning: true, info: true, never: false }],
		['warning', { error: false, warning: true, info: true, never: false }],
		['info', { error: false, warning: false, info: true, never: false }],
	])('of a report with an %s', (severity, expected) => {
		for (const [failOn, reaches] of Object.entries(expected)) expect(severityReaches(report(severity), failOn as 'error')).toBe(reaches);
	});
});
