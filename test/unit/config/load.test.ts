import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, parseConfig } from '../../../src/lib/config/load.ts';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';

function errorOf(text: string, env: Record<string, string> = {}): FlowferryError {
	try {
		parseConfig(text, 'flowferry.yaml', env);
	} catch (error) {
		expect(error).toBeInstanceOf(FlowferryError);
		return error as FlowferryError;
	}
	throw new Error(`accepted:\n${text}`);
}

const DEV = 'dev:\n  url: http://localhost:1880\n';
const ENVIRONMENTS = 'environments:\n  production:\n    mode: hot-spare\n';

describe('a configuration that is right', () => {
	it('needs a dev and one environment, and fills in the rest', () => {
		const config = parseConfig(DEV + ENVIRONMENTS, 'f', {});
		expect(config.dev).toEqual({ url: 'http://localhost:1880' });
		expect(config.store).toBe('.flowferry/snapshots');
		expect(config.environments.production).toMatchObject({ mode: 'hot-spare', port: 8080, host: '127.0.0.1', failOn: 'error' });
	});

	it('reads references, defaults and escapes, in numbers too', () => {
		const text = `dev:\n  url: \${DEV_URL}\n  token: "\${TOKEN:-none}"\nenvironments:\n  p:\n    mode: hot-spare\n    port: \${PORT}\n    variables:\n      A: x-\${A}-$\${B}\n      N: \${PORT}\n`;
		const config = parseConfig(text, 'f', { DEV_URL: 'http://dev:1880/red', PORT: '9000', A: '${PORT}', TOKEN: '' });
		expect(config.dev).toEqual({ url: 'http://dev:1880/red', token: 'none' });
		expect(config.environments.p).toMatchObject({ port: 9000, variables: { A: 'x-${PORT}-${B}', N: '9000' } });
	});

	it('follows YAML aliases', () => {
		const text = `${DEV}environments:\n  a: &base\n    mode: hot-spare\n    port: 8081\n  b: *base\n`;
		expect(parseConfig(text, 'f', {}).environments.b).toMatchObject({ port: 8081 });
	});
});

/** [what, text, the message from line:column on, part of the remedy] */
const faults: [string, string, string, string][] = [
	['an empty dev', `dev:\n${ENVIRONMENTS}`, '1:1: dev: must hold one of url, userDir, repository', 'dev: { url'],
	['dev as text', `dev: http://x\n${ENVIRONMENTS}`, '1:6: dev: must hold one of url, userDir, repository', 'dev: { url'],
	['dev with neither', `dev:\n  token: a\n${ENVIRONMENTS}`, '1:1: dev: must hold one of url, userDir, repository', 'dev: { url'],
	['dev with a slip', `dev:\n  userdir: a\n${ENVIRONMENTS}`, '2:3: dev.userdir: is not a known key', 'Did you mean `userDir`?'],
	[
		'dev with both',
		`dev:\n  userDir: a\n  url: http://x\n${ENVIRONMENTS}`,
		'3:3: dev.url: url and userDir exclude each other',
		'Keep the one',
	],
	[
		'a token for a userDir',
		`dev:\n  userDir: a\n  token: x\n${ENVIRONMENTS}`,
		'3:3: dev.token: is not a known key',
		'Known here: url, token',
	],
	[
		'a url that is none',
		`dev:\n  url: localhost:1880\n${ENVIRONMENTS}`,
		'2:8: dev.url: must be an http or https address',
		'http://localhost:1880',
	],
	[
		'a password alone',
		`dev:\n  url: http://x\n  password: s3cret\n${ENVIRONMENTS}`,
		'1:1: dev: username and password belong together',
		'dev:',
	],
	[
		'a password in the url',
		`dev:\n  url: http://u:s3cret@x\n${ENVIRONMENTS}`,
		'2:8: dev.url: must not hold a user or a password',
		'docs/configuration.md',
	],
	[
		"a port of the instances' figures that is the router's",
		`${DEV}environments:\n  p: { mode: load-balanced, port: 9003, instanceMetricsPort: 9000 }\n`,
		'4:62: environments.p.instanceMetricsPort: takes the ports 9000 to 9003, one for each instance of both slots, but port is 9003',
		'docs/configuration.md',
	],
	[
		'an editor for nobody',
		`${DEV}${ENVIRONMENTS}    editor: { access: edit }\n`,
		'6:5: environments.production.editor.users: must name somebody who may sign in',
		'docs/configuration.md',
	],
	[
		'an editor with a password that is soon guessed',
		`${DEV}${ENVIRONMENTS}    editor: { access: edit, users: { ann: hunter2 } }\n`,
		'6:43: environments.production.editor.users.ann: must have 8 characters or more',
		'docs/configuration.md',
	],
	['no environments', DEV, '1:1: environments: is missing', 'production: { mode: hot-spare }'],
	['environments of nobody', `${DEV}environments: {}\n`, '3:15: environments: must hold at least one', 'production: { mode'],
	['an unknown key', `${DEV}stor: x\n${ENVIRONMENTS}`, '3:1: stor: is not a known key', 'Did you mean `store`?'],
	[
		'an unknown key far from any',
		`${DEV}colour: x\n${ENVIRONMENTS}`,
		'3:1: colour: is not a known key',
		'Known here: dev, store, packages, sealing, environments, lint.',
	],
	['no mode', `${DEV}environments:\n  prod:\n    port: 1\n`, '4:3: environments.prod.mode: is missing', 'mode: hot-spare'],
	['an empty environment', `${DEV}environments:\n  prod:\n`, '4:3: environments.prod: must be a mapping, but is empty', 'key: value'],
	[
		'a wrong mode',
		`${ENVIRONMENTS.replace('hot-spare', 'hot')}${DEV}`,
		'3:11: environments.production.mode: must be one of hot-spare, load-balanced',
		'mode: hot-spare',
	],
	['a wrong name', `${DEV}environments:\n  My Prod:\n    mode: hot-spare\n`, '4:3: environments.My Prod: is not a name', 'production'],
	[
		'a port as text',
		`${DEV}${ENVIRONMENTS}    port: "80"\n`,
		'6:11: environments.production.port: must be a number, but is text',
		'without quotes',
	],
	['a port too high', `${DEV}${ENVIRONMENTS}    port: 70000\n`, '6:11: environments.production.port: must be at most 65535', 'smaller'],
	[
		'a nested unknown key',
		`${DEV}${ENVIRONMENTS}    timeouts: { drainMS: 1 }\n`,
		'6:17: environments.production.timeouts.drainMS: is not a known key',
		'`drainMs`',
	],
	[
		'a check without path',
		`${DEV}${ENVIRONMENTS}    checks:\n      - status: 200\n`,
		'7:9: environments.production.checks[0]: must hold one of http, mqtt, command',
		'./smoke-test.sh',
	],
	[
		'a check with a slip',
		`${DEV}${ENVIRONMENTS}    checks:\n      - comand: x\n`,
		'7:9: environments.production.checks[0].comand: is not a known key',
		'Did you mean `command`?',
	],
	[
		'a check of two kinds',
		`${DEV}${ENVIRONMENTS}    checks:\n      - http: /x\n        command: y\n`,
		'8:9: environments.production.checks[0].command: http and command exclude each other',
		'two entries',
	],
	[
		"another kind's key",
		`${DEV}${ENVIRONMENTS}    checks:\n      - command: x\n        status: 200\n`,
		'8:9: environments.production.checks[0].status: is not a known key',
		'Known here: command.',
	],
	[
		'an MQTT check without an answer',
		`${DEV}${ENVIRONMENTS}    checks:\n      - mqtt: mqtt://broker\n`,
		'7:9: environments.production.checks[0].expect: is missing',
		'the answer comes',
	],
	[
		'a broker that is none',
		`${DEV}${ENVIRONMENTS}    checks:\n      - mqtt: http://broker\n        expect: a\n`,
		'7:15: environments.production.checks[0].mqtt: must be the address of an MQTT broker',
		'mqtt://localhost:1883',
	],
	[
		"a password in the broker's address",
		`${DEV}${ENVIRONMENTS}    checks:\n      - mqtt: mqtt://u:s3cret@broker\n        expect: a\n`,
		'7:15: environments.production.checks[0].mqtt: must not hold a user or a password',
		'docs/configuration.md',
	],
	[
		'a topic filter to publish to',
		`${DEV}${ENVIRONMENTS}    checks:\n      - mqtt: mqtt://broker\n        expect: a\n        publish: a/#\n`,
		'9:18: environments.production.checks[0].publish: must be one topic',
		'docs/configuration.md',
	],
	[
		'a hook at no step',
		`${DEV}${ENVIRONMENTS}    hooks:\n      before:\n        handover: x\n`,
		'8:9: environments.production.hooks.before.handover: is not a known key',
		'Did you mean `hand over`?',
	],
	[
		'an empty hook',
		`${DEV}${ENVIRONMENTS}    hooks:\n      promoted: ""\n`,
		'7:17: environments.production.hooks.promoted: must not be empty',
		'remove the key',
	],
	[
		'a bake time of text',
		`${DEV}${ENVIRONMENTS}    bake: { forMs: 10m }\n`,
		'6:20: environments.production.bake.forMs: must be a number',
		'unit',
	],
	[
		'an unknown keep',
		`${DEV}${ENVIRONMENTS}    keep: forever\n`,
		'6:11: environments.production.keep: must be one of warm, none',
		'keep: warm',
	],
	[
		'a check of an address',
		`${DEV}${ENVIRONMENTS}    checks:\n      - http: example\n`,
		'7:15: environments.production.checks[0].http: must be a path',
		'/health',
	],
	[
		'a lease that cannot be kept',
		`${DEV}${ENVIRONMENTS}    lease: { ttlMs: 100 }\n`,
		'6:12: environments.production.lease: must keep ttlMs',
		'docs/configuration.md',
	],
	[
		'a primary where one instance runs alone',
		`${DEV}${ENVIRONMENTS}    primary: { timers: true }\n`,
		'6:14: environments.production.primary: is elected among instances that run at once',
		'Leave it out with `mode: hot-spare`',
	],
	[
		'text for a variable',
		`${DEV}${ENVIRONMENTS}    variables:\n      A: 1\n`,
		'7:10: environments.production.variables.A: must be text, but is a number',
		'in quotes',
	],
	[
		'a missing variable',
		`dev:\n  url: \${DEV_URL}\n${ENVIRONMENTS}`,
		'2:8: dev.url: the environment variable DEV_URL is not set',
		'export DEV_URL',
	],
	['half a reference', `dev:\n  url: \${DEV-URL}\n${ENVIRONMENTS}`, '2:8: dev.url: has a ${ that does not begin a reference', '$${'],
	['a tab as indentation', `dev:\n\turl: x\n${ENVIRONMENTS}`, '2:1: not valid YAML', 'indentation'],
	['a key twice', `${DEV}store: a\nstore: b\n${ENVIRONMENTS}`, '4:1: not valid YAML: Map keys must be unique', 'indentation'],
	['an empty file', '', '1:1: is not a mapping', 'flowferry init'],
	['a list', '- a\n', '1:1: is not a mapping', 'flowferry init'],
];

describe('a configuration that is wrong', () => {
	it.each(faults)('says where and what to do: %s', (_, text, message, remedy) => {
		const error = errorOf(text);
		expect(error.code).toBe('CONFIG_INVALID');
		expect(error.exitStatus).toBe(2);
		expect(error.message).toContain(`flowferry.yaml:${message}`);
		expect(`${error.message}${error.hint}`).toContain(remedy);
	});

	it('but one without a dev Node-RED is right: whoever promotes stored snapshots needs none', () => {
		expect(parseConfig(ENVIRONMENTS, 'flowferry.yaml', {}).dev).toBeUndefined();
	});

	it('names every fault, in the order of the file', () => {
		const error = errorOf(`dev:\n  url: x\nfoo: 1\n${ENVIRONMENTS.replace('hot-spare', 'cold')}`);
		expect(error.message.split('\n').filter((line) => !line.includes('→'))).toEqual([
			'flowferry.yaml has 3 errors',
			'  flowferry.yaml:2:8: dev.url: must be an http or https address',
			'  flowferry.yaml:3:1: foo: is not a known key',
			'  flowferry.yaml:6:11: environments.production.mode: must be one of hot-spare, load-balanced',
		]);
	});

	it('names the variable that a wrong value came from, not the value', () => {
		const error = errorOf(`dev:\n  url: \${DEV_URL}\n${ENVIRONMENTS}`, { DEV_URL: 's3cret-place' });
		expect(error.message).toContain('(its value comes from DEV_URL)');
		expect(JSON.stringify(error)).not.toContain('s3cret');
	});

	it.each([
		'token: [s3cret',
		'token: *s3cret',
		'token: "s3cret',
		'token: {s3cret: 1}',
		'password: s3cret',
		'tokn: s3cret',
		'token: ${s3cret!}',
		'token: 1: s3cret',
	])('never repeats a secret: %s', (line) => {
		const error = errorOf(`dev:\n  url: http://x\n  ${line}\n${ENVIRONMENTS}`);
		expect(`${error.message}${error.hint}${JSON.stringify(error)}`).not.toContain('s3cret');
	});

	it('survives aliases that grow without end', () => {
		const levels = Array.from({ length: 12 }, (_, level) => `a${level + 1}: &a${level + 1} [${Array(10).fill(`*a${level}`).join(', ')}]`);
		expect(errorOf(`a0: &a0 x\n${levels.join('\n')}\n`).message).toContain('YAML aliases');
	});
});

describe('loadConfig', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry config '));
	});
	afterEach(() => rm(folder, { recursive: true }));

	it('makes paths absolute from the file and expands ~', async () => {
		const path = join(folder, 'flowferry.yaml');
		await writeFile(path, `dev: { userDir: ~/red }\nstore: ../store\n${ENVIRONMENTS}    nodeRed: nr\n    settings: ~/settings.js\n`);
		const loaded = await loadConfig(path, { HOME: '/home/$&' });
		expect(loaded.directory).toBe(folder);
		expect(loaded.config.dev).toEqual({ userDir: '/home/$&/red' });
		expect(loaded.store).toMatchObject({ kind: 'own', path: join(folder, '..', 'store') });
		expect(loaded.config.environments.production).toMatchObject({
			nodeRed: join(folder, 'nr'),
			settings: '/home/$&/settings.js',
			directory: join(folder, '.flowferry/environments/production'),
		});
	});

	it('sends whoever has none to init', async () => {
		await expect(loadConfig(join(folder, 'flowferry.yaml'), {})).rejects.toMatchObject({
			code: 'CONFIG_MISSING',
			exitStatus: 2,
			hint: expect.stringContaining('flowferry init'),
		});
	});

	it('says that a folder is no file', async () => {
		await expect(loadConfig(folder, {})).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE', message: expect.stringContaining(folder) });
	});
});
