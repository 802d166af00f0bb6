import { compareSnapshots } from '../../../../src/lib/flows/diff/compare.ts';
import { redactDiff } from '../../../../src/lib/flows/diff/redact.ts';
import { conceal, concealIn } from '../../../../src/lib/flows/diff/secrets.ts';
import type { FlowNode } from '../../../../src/lib/flows/node.ts';

const side = (...flows: FlowNode[]) => ({ flows, palette: [], nodeRed: { version: '5.0.7' } });
/** The changes of one node, from nothing of these fields to the first, and from the first to the second. */
function changesOf(before: Record<string, unknown>, after: Record<string, unknown>) {
	const node = (fields: object): FlowNode => ({ id: 'n', type: 'function', ...fields });
	const diff = compareSnapshots(side(node(before)), side(node(after)), { layout: false });
	return diff.kind === 'different'
		? diff.flows.flatMap(({ nodes }) => nodes.flatMap((found) => (found.kind === 'changed' ? found.changes : [])))
		: [];
}

const secrets = ['hunter2-old', 'hunter2-new'] as const;

describe('a diff', () => {
	it.each<[what: string, holding: (secret: string) => Record<string, unknown>]>([
		['a property that is called so', (apiToken) => ({ apiToken })],
		['a property in a list', (password) => ({ servers: [{ password }] })],
		['a variable', (value) => ({ env: [{ name: 'DB_PASSWORD', type: 'str', value }] })],
		['a rule of a change node', (to) => ({ rules: [{ t: 'set', p: 'headers.Authorization', pt: 'msg', to, tot: 'str' }] })],
		['a header', (valueValue) => ({ headers: [{ keyType: 'other', keyValue: 'Authorization', valueType: 'other', valueValue }] })],
		['an address', (secret) => ({ url: `https://ada:${secret}@plant.example/` })],
		['JSON in a property', (secret) => ({ payload: JSON.stringify({ password: secret, n: 1 }) })],
		['code', (secret) => ({ func: `const token = '${secret}';\nreturn msg;` })],
		['code where only the syntax tells', (secret) => ({ func: `msg.password\n = '${secret}';\nreturn msg;` })],
		['code that is no code', (secret) => ({ func: `const (password = "${secret}"` })],
		['a template', (secret) => ({ template: `<a>\npassword: ${secret}\n</a>` })],
	])('tells that %s changed, and not what it is', (_, holding) => {
		const [old, next] = secrets.map(holding) as [Record<string, unknown>, Record<string, unknown>];
		for (const changes of [changesOf(old, next), changesOf({}, next), changesOf(old, {})]) {
			expect(changes).toHaveLength(1);
			expect(JSON.stringify(changes)).not.toContain('hunter2');
		}
	});

	it('says whether a secret came, went or changed', () => {
		const kinds = [changesOf({}, { token: 'a' }), changesOf({ token: 'a' }, { token: 'b' }), changesOf({ token: 'b' }, { token: '' })];
		expect(kinds.flat()).toEqual(['added', 'changed', 'removed'].map((change) => ({ kind: 'secret', property: 'token', change })));
	});

	it('passes through a filter that knows more secrets, but for its own words', () => {
		const [before, after] = ['open', 'sesame'].map((word) => side({ id: 'n', type: 'x', word: { deep: [word] } }));
		const diff = redactDiff(compareSnapshots(before!, after!, { layout: false }), (text) => text.replace(/sesame|changed/g, '***'));
		expect(diff).toMatchObject({
			flows: [{ nodes: [{ kind: 'changed', changes: [{ property: 'word.deep[0]', before: 'open', after: '***' }] }] }],
		});
	});

	it('shows what only reads a secret from elsewhere', () => {
		expect(changesOf({ password: '${OLD}' }, { password: '${NEW}' })).toEqual([
			{ kind: 'value', property: 'password', before: '${OLD}', after: '${NEW}' },
		]);
	});
});

describe('concealing', () => {
	it('leaves the rest of a line to be read', () => {
		expect(concealIn("const apiKey = 'abc-123-def'; // see https://a.example/x")).toBe("const apiKey = '•••'; // see https://a.example/x");
		expect(concealIn('token: msg.token, key: 1')).toBe('token: msg.token, key: 1');
	});

	it('takes no longer than a long line is', () => {
		const picture = 'QUJD'.repeat(100_000);
		expect(concealIn(picture)).toBe(picture);
		expect(concealIn(`token="abc-123-def" ${picture}`)).toBe(`token="•••" ${picture}`);
	});

	it('goes down to every depth', () => {
		expect(conceal('list', [{ deep: { password: 'x', user: 'ada' } }], {})).toEqual([{ deep: { password: '•••', user: 'ada' } }]);
	});
});
