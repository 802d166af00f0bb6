import { parseConfig } from '../../../src/lib/config/load.ts';
import { createRedactor, secretsOf } from '../../../src/lib/config/secrets.ts';

const text = JSON.stringify({
	dev: { url: 'http://dev', username: 'ann', password: 'literal-dev' },
	environments: {
		production: {
			mode: 'hot-spare',
			port: 9000,
			directory: '/srv',
			variables: { HOST: 'broker.plant', LEVEL: 'info', API_KEY: 'literal-key' },
			credentials: { b1: { user: 'plant', password: 'pw' } },
			editor: { access: 'edit', users: { ann: 'literal-editor' } },
			checks: [{ mqtt: 'mqtt://broker.plant', expect: 'a', username: 'probe', password: 'probe-word' }],
		},
	},
});

describe('the secrets of a configuration', () => {
	it('are sign-ins, credentials, what came from the environment for commands and flows, and what is named like one', () => {
		const references = new Map([
			['environments.production.variables.HOST', ['HOST']],
			['environments.production.checks[0].command', ['TOKEN', 'UNSET']],
			['environments.production.port', ['PORT']],
			['environments.production.directory', ['FOLDER']],
		]);
		const env = { HOST: 'broker.plant', TOKEN: 'from-outside', PORT: '9000', FOLDER: '/srv' };
		expect(secretsOf(parseConfig(text, 'f', {}), references, env).sort()).toEqual(
			['ann', 'broker.plant', 'from-outside', 'literal-dev', 'literal-editor', 'literal-key', 'plant', 'probe', 'probe-word', 'pw'].sort(),
		);
	});

	it.each([
		['https://oauth2:tok-en@git.example/x.git', 'tok-en'],
		['https://ghp_0123456789@git.example/x.git', 'ghp_0123456789'],
		['https://bot:to/k@n-x@git.example/x.git', 'to/k@n-x'],
		['ssh://git@git.example/x.git', null],
		['git@git.example:team/x.git', null],
		['origin', null],
	])("are what signs in to the snapshots' remote: %s", (remote, secret) => {
		const store = { branch: 'flowferry/snapshots', remote: '${REMOTE}' };
		const config = parseConfig(JSON.stringify({ ...JSON.parse(text), store }), 'f', { REMOTE: remote });
		const others = secretsOf(parseConfig(text, 'f', {}), new Map(), {});
		const secrets = secretsOf(config, new Map([['store.remote', ['REMOTE']]]), { REMOTE: remote });
		expect(secrets.filter((value) => !others.includes(value))).toEqual(secret === null ? [] : [secret]);
	});
});

it("know every variable that a remote's address is made with", () => {
	const [TOKEN, store] = ['s3cr/et@x', { branch: 'flowferry/snapshots', remote: 'https://bot:${TOKEN}@git.example/x.git' }];
	const config = parseConfig(JSON.stringify({ ...JSON.parse(text), store }), 'f', { TOKEN });
	expect(secretsOf(config, new Map([['store.remote', ['TOKEN']]]), { TOKEN })).toContain(TOKEN);
	const again = { ...config, store: { ...(config.store as object), remote: 'unlike' } } as typeof config;
	expect(secretsOf(again, new Map([['store.remote', ['TOKEN']]]), { TOKEN })).toContain(TOKEN);
});

describe('the redactor', () => {
	it.each([
		['a long one anywhere', ['correct-horse'], 'xcorrect-horsex', 'x***x'],
		['a short one by itself only', ['pw'], 'pw=pw, pwd, upwards', '***=***, pwd, upwards'],
		['the longer of two first', ['abcdef', 'abcdefghi'], 'abcdefghi', '***'],
		['in an address', ['p@ss/w rd'], 'mqtt://u:p%40ss%2Fw%20rd@h', 'mqtt://u:***@h'],
		['in JSON', ['quo"te\\d'], '{"p":"quo\\"te\\\\d"}', '{"p":"***"}'],
		['each line of several', ['-----BEGIN KEY-----\nMIIEvQIBADAN\n-----END KEY-----'], 'MIIEvQIBADAN', '***'],
		['with characters that patterns know', ['a.*b+c(d[e'], 'a.*b+c(d[e axxb', '*** axxb'],
	])('replaces %s', (_, secrets, before, after) => {
		expect(createRedactor(secrets)(before)).toBe(after);
	});

	it('leaves a text alone where there are none', () => {
		expect(createRedactor([])('anything')).toBe('anything');
	});
});
