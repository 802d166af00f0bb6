import type { Mode } from '../../../src/lib/flows/mode.ts';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { lint } from '../../../src/lib/lint/engine.ts';
import type { Finding } from '../../../src/lib/lint/finding.ts';
import type { Rule } from '../../../src/lib/lint/rule.ts';

/** `[node id, severity]` for each finding expected. */
type Expected = [nodeId: string, severity: string][];

export interface FireCase {
	name: string;
	flows: FlowNode[];
	balanced: Expected;
	spare: Expected;
	/** Texts that the messages hold, in any mode. */
	says?: string[];
}

export interface QuietCase {
	name: string;
	flows: FlowNode[];
	/** Default: both. */
	modes?: Mode[];
}

/** The tables of one rule: where it fires with which severity in each mode, and where it must not. */
export function testRule(rule: Rule, tables: { fires: FireCase[]; dontFire: QuietCase[] }): void {
	const judge = (flows: FlowNode[], mode: Mode): Finding[] => lint(flows, { mode, rules: [rule] }).findings;
	const brief = (findings: Finding[]): Expected => findings.map(({ nodeId, severity }) => [nodeId, severity]);

	describe(`${rule.id} fires`, () => {
		it.each(tables.fires)('$name', ({ flows, balanced, spare, says }) => {
			const [inBalanced, inSpare] = [judge(flows, 'load-balanced'), judge(flows, 'hot-spare')];
			expect({ balanced: brief(inBalanced), spare: brief(inSpare) }).toEqual({ balanced, spare });
			const findings = [...inBalanced, ...inSpare];
			for (const text of says ?? []) expect(findings.map(({ message }) => message).join('\n')).toContain(text);
			for (const finding of findings) expect([finding.message, finding.remediation].join('\n')).not.toMatch(/undefined|null|NaN|\[object/);
			for (const finding of findings)
				expect(finding).toMatchObject({
					rule: rule.id,
					family: rule.family,
					message: expect.stringMatching(/\w/),
					remediation: expect.stringMatching(/\w/),
				});
		});
	});

	describe(`${rule.id} does not fire`, () => {
		it.each(tables.dontFire)('$name', ({ flows, modes }) => {
			for (const mode of modes ?? (['load-balanced', 'hot-spare'] as const)) expect(brief(judge(flows, mode))).toEqual([]);
		});
		it('on a disabled tab, or for disabled nodes', () => {
			for (const { flows } of tables.fires) {
				const tabOff = flows.map((node) => (node.type === 'tab' ? { ...node, disabled: true } : node));
				const nodesOff = flows.map((node) => (node.z === undefined ? node : { ...node, d: true }));
				for (const off of [tabOff, nodesOff]) expect([...judge(off, 'load-balanced'), ...judge(off, 'hot-spare')]).toEqual([]);
			}
		});
	});
}

export const tab: FlowNode = { id: 'tab', type: 'tab', label: 'Plant' };

/** A node on the tab, wired to the given ids. */
export function node(id: string, type: string, properties: Record<string, unknown> = {}, ...targets: string[]): FlowNode {
	return { id, type, z: 'tab', x: 100, y: 100, wires: [targets], ...properties };
}

/** A source that no rule minds, wired to the given ids. */
export function source(...targets: string[]): FlowNode {
	return node('source', 'http in', { url: '/' }, ...targets);
}

/** An inject that only a person sets off. */
export function button(...targets: string[]): FlowNode {
	return node('button', 'inject', { repeat: '', crontab: '', once: false }, ...targets);
}

/** A global config node. */
export function config(id: string, type: string, properties: Record<string, unknown> = {}): FlowNode {
	return { id, type, ...properties };
}
