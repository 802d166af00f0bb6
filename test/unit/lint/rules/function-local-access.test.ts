import { functionLocalAccess } from '../../../../src/lib/lint/rules/function-local-access.ts';
import { node, source, tab, testRule } from '../judge.ts';

const code = (func: string, more = {}) => [tab, source('n'), node('n', 'function', { func, ...more })];
const writes = { balanced: [['n', 'error']] as [string, string][], spare: [['n', 'warning']] as [string, string][] };
const reads = { balanced: [['n', 'warning']] as [string, string][], spare: [['n', 'info']] as [string, string][] };

testRule(functionLocalAccess, {
	fires: [
		{
			name: 'on fs of the global context',
			flows: code("const fs = global.get('fs');\nfs.appendFileSync('/a', 'b');"),
			...writes,
			says: ['fs.appendFileSync (line 2)'],
		},
		{ name: 'on the legacy form', flows: code("context.global.fs.writeFile('/a', 'b', () => {});"), ...writes },
		{
			name: 'on require through the global context',
			flows: code("const f = global.get('require')('fs');\nf.unlinkSync('/a');"),
			...writes,
		},
		{
			name: 'on a module of the Setup tab',
			flows: code("await files.writeFile('/a', 'b');", { libs: [{ var: 'files', module: 'fs/promises' }] }),
			...writes,
		},
		{ name: 'on another program', flows: code("global.get('child_process').exec('ls');"), ...writes },
		{
			name: 'more softly where it only reads',
			flows: code("const fs = global.get('fs');\nmsg.payload = fs.promises.readFile('/a');"),
			...reads,
		},
		{
			name: 'in On Start',
			flows: [tab, node('n', 'function', { func: '', initialize: "global.get('fs').readFileSync('/a');" })],
			...reads,
		},
	],
	dontFire: [
		{ name: 'in a comment or a text', flows: code("// fs.writeFileSync('/a')\nmsg.payload = \"global.get('fs').unlink\";\nreturn msg;") },
		{
			name: 'on a value that happens to have such a method',
			flows: code("msg.fs.writeFile('/a');\nconst v = global.get('values');\nv.unlink();"),
		},
		{ name: 'where no source reaches it', flows: [tab, node('n', 'function', { func: "global.get('fs').unlinkSync('/a');" })] },
	],
});
