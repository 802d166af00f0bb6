import type { Mode } from '../../../../src/lib/flows/mode.ts';
import type { TypeVerdict } from '../../../../src/lib/lint/catalogue/knowledge.ts';
import { lint } from '../../../../src/lib/lint/engine.ts';
import { statefulContributedNode } from '../../../../src/lib/lint/rules/stateful-contributed-node.ts';
import { unsafeNodeType } from '../../../../src/lib/lint/rules/unsafe-node-type.ts';
import { node, source, tab } from '../judge.ts';

const flows = [tab, source('a'), node('a', 'acme', {}, 'd'), node('d', 'debug'), node('unreached', 'acme')];
const judge = (mode: Mode, verdict: TypeVerdict) =>
	lint(flows, {
		mode,
		rules: [unsafeNodeType, statefulContributedNode],
		types: [{ types: ['acme'], module: 'm', keeps: 'a count', verdicts: { [mode]: verdict }, reason: 'It must not.', evidence: 'x' }],
	}).findings.map(({ rule, nodeId, severity }) => `${rule} ${nodeId} ${severity}`);

describe('unsafe-node-type', () => {
	it.each<[Mode, TypeVerdict, string[]]>([
		['load-balanced', 'unsafe', ['stateful-contributed-node a error', 'unsafe-node-type a error']],
		['load-balanced', 'depends', ['stateful-contributed-node a error', 'unsafe-node-type a warning']],
		['hot-spare', 'unsafe', ['stateful-contributed-node a warning', 'unsafe-node-type a warning']],
		['hot-spare', 'depends', ['stateful-contributed-node a warning', 'unsafe-node-type a info']],
		['load-balanced', 'safe', []],
		['hot-spare', 'safe', []],
	])('in %s, a verdict of %s', (mode, verdict, expected) => {
		expect(judge(mode, verdict)).toEqual(expected);
	});

	it('does not fire on types without a verdict', () => {
		expect(lint([tab, source('a'), node('a', 'smooth')], { mode: 'load-balanced', rules: [unsafeNodeType] }).findings).toEqual([]);
	});

	it('gives the reason', () => {
		const [finding] = lint([tab, source('a'), node('a', 'acme')], {
			mode: 'load-balanced',
			rules: [unsafeNodeType],
			types: [{ types: ['acme'], module: 'm', verdicts: { 'load-balanced': 'unsafe' }, reason: 'It must not.' }],
		}).findings;
		expect(finding).toMatchObject({ message: expect.stringContaining('It must not.'), confidence: 'medium' });
	});
});
