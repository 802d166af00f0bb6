import { lint } from '../../../../src/lib/lint/engine.ts';
import { inProcessLock } from '../../../../src/lib/lint/rules/in-process-lock.ts';
import { node, source, tab, testRule } from '../judge.ts';

const taking = "if (global.get('fileLock')) return null;\nglobal.set('fileLock', true);\nreturn msg;";
const guarded = (take: string, free: string) => [
	tab,
	source('take'),
	node('take', 'function', { func: take }, 'free'),
	node('free', 'function', { func: free }),
];

testRule(inProcessLock, {
	fires: [
		{
			name: 'on a lock in context',
			flows: guarded(taking, "global.set('fileLock', false);"),
			balanced: [['take', 'error']],
			spare: [],
			says: ['global.fileLock'],
		},
		{
			name: 'on one that change nodes take and free',
			flows: [
				tab,
				source('take'),
				node('take', 'change', { rules: [{ t: 'set', p: 'busy', pt: 'flow', to: 'true', tot: 'bool' }] }, 'free'),
				node('free', 'change', { rules: [{ t: 'set', p: 'busy', pt: 'flow', to: 'false', tot: 'bool' }] }),
			],
			balanced: [['take', 'error']],
			spare: [],
		},
		{ name: 'on a semaphore node', flows: [tab, source('n'), node('n', 'semaphore-take')], balanced: [['n', 'error']], spare: [] },
		{
			name: 'on a lock that outlives its holder',
			flows: guarded("if (global.get('busy', 'disk')) return;\nglobal.set('busy', true, 'disk');", "global.set('busy', false, 'disk');"),
			balanced: [['take', 'error']],
			spare: [['take', 'warning']],
		},
	],
	dontFire: [
		{ name: 'on a flag that is no lock', flows: guarded("global.set('doorOpen', true);", "global.set('doorOpen', false);") },
		{ name: 'on a lock that nobody frees', flows: guarded("global.set('busy', true);", 'return msg;') },
		{ name: 'on names that only hold such a word', flows: guarded("global.set('blocking', true);", "global.set('blocking', false);") },
	],
});

it('is quiet about a lock in memory when one instance at a time runs', () => {
	const contextStores = { default: { module: 'memory' } };
	expect(
		lint(guarded(taking, "global.set('fileLock', false);"), { mode: 'hot-spare', rules: [inProcessLock], contextStores }).findings,
	).toEqual([]);
});
