import { singleClientAccount } from '../../../../src/lib/lint/rules/single-client-account.ts';
import { node, source, tab, testRule } from '../judge.ts';

testRule(singleClientAccount, {
	fires: [
		{
			name: 'on a chat bot',
			flows: [tab, node('n', 'telegram receiver', {}, 'out'), node('out', 'debug')],
			balanced: [['n', 'error']],
			spare: [['n', 'info']],
		},
		{ name: 'on a voice assistant', flows: [tab, node('n', 'alexa-home')], balanced: [['n', 'error']], spare: [['n', 'info']] },
	],
	dontFire: [
		{ name: 'on sending by a bot', flows: [tab, source('n'), node('n', 'telegram sender')] },
		{ name: 'on hardware', flows: [tab, node('n', 'serial in')] },
	],
});
