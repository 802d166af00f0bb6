import { generateFlows } from '../../../bench/flows/generate.ts';
import { modes } from '../../../src/lib/flows/mode.ts';
import { parseFlows } from '../../../src/lib/flows/parse.ts';
import { lint } from '../../../src/lib/lint/engine.ts';

describe('generated flows', () => {
	const flows = generateFlows(3000);
	const shareOf = (...types: string[]): number => flows.filter(({ type }) => types.includes(type)).length / flows.length;

	it('have exactly as many entries as asked for, and are the same for the same seed', () => {
		expect(generateFlows(1)).toHaveLength(1);
		expect(flows).toHaveLength(3000);
		expect(generateFlows(3000)).toEqual(flows);
		expect(generateFlows(3000, 2)).not.toEqual(flows);
	});

	it('are flows, with wires and links that lead somewhere', () => {
		const nodes = parseFlows(JSON.stringify(flows), 'generated');
		const ids = new Set(nodes.map(({ id }) => id));
		const targets = nodes.flatMap((node) => [...(node.wires ?? []).flat(), ...((node.links as string[] | undefined) ?? [])]);
		expect(targets.length).toBeGreaterThan(1000);
		expect(targets.filter((id) => !ids.has(id))).toEqual([]);
	});

	it('have about the mix of real files', () => {
		expect(shareOf('function')).toBeGreaterThan(0.15);
		expect(shareOf('function')).toBeLessThan(0.3);
		expect(shareOf('inject', 'mqtt in', 'http in')).toBeGreaterThan(0.1);
		expect(new Set(flows.map(({ type }) => type)).size).toBeGreaterThan(20);
	});

	it('have code that parses, and hazards of many kinds', () => {
		const rules = new Set(modes.flatMap((mode) => lint(flows, { mode }).findings.map(({ rule }) => rule)));
		expect(rules).not.toContain('function-syntax');
		expect(rules).not.toContain('wire-to-nowhere');
		for (const rule of ['mqtt-subscription-not-shared', 'context-update', 'timer-on-every-instance', 'stateful-core-node']) {
			expect(rules).toContain(rule);
		}
	});
});
