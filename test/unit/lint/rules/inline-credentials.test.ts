import { lint } from '../../../../src/lib/lint/engine.ts';
import { inlineCredentials } from '../../../../src/lib/lint/rules/inline-credentials.ts';
import { node, tab, testRule } from '../judge.ts';

const code = (func: string) => [tab, node('n', 'function', { func })];
const both = { balanced: [['n', 'warning']] as [string, string][], spare: [['n', 'warning']] as [string, string][] };

testRule(inlineCredentials, {
	fires: [
		{ name: 'on a variable', flows: code("const password = 'hunter2!';\nreturn msg;"), ...both, says: ['password in line 1'] },
		{ name: 'on a property', flows: code("msg.headers = { Authorization: 'Bearer abc123def' };"), ...both },
		{ name: 'on a field', flows: [tab, node('n', 'acme', { apiKey: 'k3y-of-plant' })], ...both, says: ['the field apiKey'] },
		{ name: 'on a URL with a password', flows: [tab, node('n', 'http request', { url: 'https://me:s3cret@example.com/x' })], ...both },
	],
	dontFire: [
		{ name: 'on the environment', flows: code("const password = env.get('PASSWORD');\nconst token = '${TOKEN}';") },
		{ name: 'on placeholders and words', flows: code("const password = 'your-password-1';\nconst token = 'payload';\nmsg.secret = '';") },
		{ name: 'on other names', flows: code("const passage = 'n0rth-gate';\nmsg.tokens = 'a1b2c3d4';") },
		{ name: 'on fields from the environment', flows: [tab, node('n', 'acme', { password: '${PLANT_PASSWORD}' })] },
		{ name: 'on plain URLs', flows: [tab, node('n', 'http request', { url: 'https://example.com:8080/a@b' })] },
	],
});

it('never prints the secret', () => {
	const flows = [...code("const password = 'hunter2!';"), node('m', 'http request', { url: 'https://me:s3cret@example.com/x' })];
	const text = JSON.stringify(lint(flows, { mode: 'hot-spare', rules: [inlineCredentials] }));
	expect(text).toContain('inline-credentials');
	expect(text).not.toMatch(/hunter2|s3cret/);
});
