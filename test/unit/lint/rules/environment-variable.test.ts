import { lint } from '../../../../src/lib/lint/engine.ts';
import { environmentVariable } from '../../../../src/lib/lint/rules/environment-variable.ts';
import { config, node, tab, testRule } from '../judge.ts';

const reading = (more = {}) => node('n', 'mqtt in', { topic: '${TOPIC}', ...more });
const env = [{ name: 'TOPIC', type: 'str', value: 'a' }];
const at = (id: string) => ({ balanced: [[id, 'info']] as [string, string][], spare: [[id, 'info']] as [string, string][] });

testRule(environmentVariable, {
	fires: [
		{ name: 'where nothing sets it', flows: [tab, reading()], ...at('n'), says: ['the variable TOPIC'] },
		{ name: 'where only another flow sets it', flows: [tab, { id: 't2', type: 'tab', env }, reading()], ...at('n') },
		{ name: 'once for a variable', flows: [tab, reading(), node('m', 'mqtt in', { topic: '${TOPIC}' })], ...at('n'), says: ['2 nodes'] },
	],
	dontFire: [
		{ name: 'where the flow sets it', flows: [{ ...tab, env }, reading()] },
		{
			name: 'where a group around it sets it',
			flows: [tab, { id: 'g', type: 'group', g: 'h' }, { id: 'h', type: 'group', env }, reading({ g: 'g' })],
		},
		{ name: 'where the flows set it globally', flows: [tab, config('c', 'global-config', { env }), reading()] },
		{
			name: 'where its subflow has a default',
			flows: [{ id: 's', type: 'subflow', env }, node('i', 'subflow:s'), tab, reading({ z: 's' })],
		},
		{ name: "on Node-RED's own", flows: [tab, node('n', 'mqtt in', { topic: '${NR_FLOW_NAME}' })] },
		{ name: 'inside a longer text, which Node-RED leaves alone', flows: [tab, node('n', 'mqtt in', { topic: 'a/${TOPIC}' })] },
		{ name: 'in a description', flows: [tab, node('n', 'json', { info: '${TOPIC}' })] },
	],
});

it('is quiet about what production is known to have', () => {
	expect(lint([tab, reading()], { mode: 'hot-spare', rules: [environmentVariable], variables: ['TOPIC'] }).findings).toEqual([]);
});
