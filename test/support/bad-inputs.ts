import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealCredentials } from '../../src/lib/node-red/sealed-credentials.ts';
import { runCli } from './cli.ts';
import { sampleFlows } from './snapshots.ts';

/** What may be wrong with what a team hands to flowferry, each brought about for real: the source of docs/bad-input.md. */
export interface BadInput {
	what: string;
	/** Brings it about, and says which command meets it. */
	arrange: (kit: Kit) => Promise<string[]>;
	/** What is in the environment of that command. */
	env?: Record<string, string>;
}

export interface Refusal {
	code: string;
	message: string;
	hint: string;
	exitStatus: number;
}

/** A project in a folder of its own. */
interface Kit {
	path(name: string): string;
	write(name: string, text: string): Promise<void>;
	/** A file with a text replaced, which must be there. */
	edit(name: string, from: string, to: string): Promise<void>;
	read(name: string): Promise<string>;
	/** `flowferry.yaml`: keys of the top level, and of the environment `production`. */
	configure(keys: object, production?: object, more?: object): Promise<void>;
	flows(nodes: readonly object[]): Promise<void>;
	/** Runs a command that must succeed; its JSON. */
	flowferry(args: string[], env?: Record<string, string>): Promise<ReturnType<typeof JSON.parse>>;
	/** Takes a snapshot; its id. */
	snapshot(env?: Record<string, string>): Promise<string>;
}

const PASSPHRASE = { FLOWFERRY_PASSPHRASE: 'correct horse battery staple' };
const withPassword = sampleFlows.map((node) => (node.id === 'n1' ? { ...node, credentials: { password: 'pw-3f9a1c' } } : node));
const promote = ['promote', 'production', '--yes'];

/** By heading of the table. */
export const badInputs: Record<string, BadInput[]> = {
	'Where flows come from': [
		{
			what: 'a flow file that is not JSON',
			arrange: async ({ write }) => {
				await write('dev/flows.json', '[\n  {"id": "t1" "type": "tab"}\n]');
				return ['snapshot'];
			},
		},
		{
			what: 'no such user directory',
			arrange: async ({ configure }) => {
				await configure({ dev: { userDir: 'nowhere' } });
				return ['snapshot'];
			},
		},
		{
			what: 'a commit that the repository does not have',
			arrange: async ({ configure, path }) => {
				execFileSync('git', ['init', '--quiet', path('repository')]);
				await configure({ dev: { repository: 'repository', ref: 'release-9' } });
				return ['snapshot'];
			},
		},
		{
			what: 'a credentials file that is encrypted with another secret',
			env: PASSPHRASE,
			arrange: async ({ write, configure }) => {
				await write('dev/flows_cred.json', sealCredentials({ n1: { password: 'pw-3f9a1c' } }, 'the right secret'));
				await configure({ dev: { userDir: 'dev', credentialSecret: 'another secret' } });
				return ['snapshot'];
			},
		},
		{
			what: 'no dev Node-RED in the configuration',
			arrange: async ({ configure }) => {
				await configure({ dev: undefined });
				return ['plan', 'production'];
			},
		},
	],
	'The passphrase and what it seals': [
		{
			what: 'a passphrase file that others may read',
			arrange: async ({ configure, write, path }) => {
				await write('passphrase', 'correct horse battery staple\n');
				await chmod(path('passphrase'), 0o644);
				await configure({ sealing: { passphraseFile: 'passphrase' } });
				return ['snapshot'];
			},
		},
		{
			what: 'no passphrase file there',
			arrange: async ({ configure }) => {
				await configure({ sealing: { passphraseFile: 'passphrase' } });
				return ['snapshot'];
			},
		},
		{
			what: 'no passphrase where a snapshot has credentials',
			arrange: async ({ flows, snapshot }) => {
				await flows(withPassword);
				return [...promote, '--snapshot', await snapshot(PASSPHRASE)];
			},
		},
		{
			what: 'another passphrase than the one that sealed them',
			env: { FLOWFERRY_PASSPHRASE: 'another horse altogether' },
			arrange: async ({ flows, snapshot }) => {
				await flows(withPassword);
				return [...promote, '--snapshot', await snapshot(PASSPHRASE)];
			},
		},
		{
			what: 'sealed credentials that were changed',
			env: PASSPHRASE,
			arrange: async (kit) => {
				await kit.flows(withPassword);
				const id = await kit.snapshot(PASSPHRASE);
				await kit.edit(await storedFile(kit, id, 'credentials.age'), '-----BEGIN', '-----BEGAN');
				return [...promote, '--snapshot', id];
			},
		},
	],
	'The snapshot store': [
		{ what: 'too few digits of an id', arrange: async ({ snapshot }) => ['snapshot', 'show', (await snapshot()).slice(0, 5)] },
		{
			what: 'an id that no snapshot has',
			arrange: async ({ snapshot }) => {
				await snapshot();
				return ['snapshot', 'show', '0123456'];
			},
		},
		{
			what: 'a stored file that was changed',
			arrange: async (kit) => {
				const id = await kit.snapshot();
				await kit.edit(await storedFile(kit, id, 'flows.json'), '"seen"', '"sein"');
				return ['snapshot', 'show', id];
			},
		},
		{
			what: 'an author that was changed',
			arrange: async (kit) => {
				const id = await kit.snapshot();
				await kit.edit(await storedFile(kit, id, 'snapshot.json'), '"author": "', '"author": "Not ');
				return ['snapshot', 'show', id];
			},
		},
		{
			what: 'a file where the store should be',
			arrange: async ({ write, configure }) => {
				await write('store', 'x');
				await configure({ store: 'store' });
				return ['snapshot'];
			},
		},
		{
			what: 'a folder in no repository',
			arrange: async ({ configure }) => {
				await configure({ store: { folder: 'snapshots' } });
				return ['snapshot'];
			},
		},
		{
			what: 'a push without a remote',
			arrange: async ({ snapshot }) => {
				await snapshot();
				return ['snapshot', 'push'];
			},
		},
		{
			what: 'a remote that is not there',
			arrange: async ({ configure, path, snapshot }) => {
				await configure({ store: { path: 'store', remote: path('remote.git') } });
				await snapshot();
				return ['snapshot', 'push'];
			},
		},
		{ what: 'a tag that git would not take', arrange: async ({ snapshot }) => ['snapshot', 'tag', await snapshot(), 'a..b'] },
	],
	'Snapshot files': [
		{ what: 'one that was cut short', arrange: (kit) => importing(kit, (text) => text.slice(0, 200)) },
		{ what: 'a flow file', arrange: (kit) => importing(kit, () => JSON.stringify(sampleFlows)) },
		{ what: 'one of a newer flowferry', arrange: (kit) => importing(kit, (text) => text.replace('"version": 1', '"version": 9')) },
		{ what: 'one whose flows were changed', arrange: (kit) => importing(kit, (text) => text.replace('"seen"', '"sein"')) },
		{ what: 'one whose author was changed', arrange: (kit) => importing(kit, (text) => text.replace('"author": "', '"author": "Not ')) },
	],
	'What an environment lacks': [
		{
			what: 'a variable that nobody sets',
			arrange: async ({ flows }) => {
				await flows(sampleFlows.map((node) => (node.id === 'n1' ? { ...node, topic: '${PLANT_TOPIC}' } : node)));
				return promote;
			},
		},
		{
			what: 'a node type that no module of the palette has',
			arrange: async ({ flows }) => {
				await flows([...sampleFlows, { id: 'm1', type: 'modbus-read', z: 't1', name: 'meter', wires: [] }]);
				return promote;
			},
		},
		{
			what: 'credentials that a node needs',
			arrange: async ({ flows }) => {
				const request = {
					id: 'h1',
					type: 'http request',
					z: 't1',
					name: 'erp',
					url: 'https://erp.plant.example',
					authType: 'basic',
					wires: [],
				};
				await flows([...sampleFlows, request]);
				return promote;
			},
		},
		{
			what: 'a Node-RED of another version',
			arrange: async ({ configure, write }) => {
				await write('red/package.json', JSON.stringify({ name: 'node-red', version: '3.1.0' }));
				await configure({}, { nodeRed: 'red' });
				return promote;
			},
		},
	],
	'Saved plans': [
		{ what: 'none there', arrange: async () => ['promote', '--plan', 'plan.json', '--yes'] },
		{ what: 'one that was cut short', arrange: (kit) => planned(kit, (text) => text.slice(0, 300)) },
		{ what: 'one that was changed', arrange: (kit) => planned(kit, (text) => text.replace('"keep": "warm"', '"keep": "none"')) },
		{
			what: 'one for another environment',
			arrange: async (kit) => ['promote', 'staging', ...(await planned(kit, (text) => text)).slice(1)],
		},
		{
			what: 'one that is stale',
			arrange: async (kit) => {
				const args = await planned(kit, (text) => text);
				await kit.configure({}, { keep: 'none' });
				return args;
			},
		},
	],
	'Stages and protection': [
		{
			what: 'a stage that is not there',
			arrange: async ({ configure }) => {
				await configure({}, { after: 'stagin' });
				return promote;
			},
		},
		{
			what: 'stages in a circle',
			arrange: async ({ configure }) => {
				await configure({}, { after: 'staging' }, { staging: { mode: 'hot-spare', after: 'production' } });
				return promote;
			},
		},
		{
			what: 'a snapshot that the stage before does not run',
			arrange: async ({ configure, snapshot }) => {
				await configure({}, { after: 'staging' });
				return [...promote, '--snapshot', await snapshot()];
			},
		},
		{
			what: 'somebody who may not',
			arrange: async ({ configure }) => {
				await configure({}, { protected: { by: ['lead@plant.example'], identity: 'Ann <ann@plant.example>' } });
				return promote;
			},
		},
		{
			what: 'a time at which it may not be changed',
			arrange: async ({ configure }) => {
				const freeze = { from: '2020-01-01', to: '2999-12-31', because: 'the plant stands still' };
				await configure({}, { protected: { freezes: [freeze] } });
				return promote;
			},
		},
		{
			what: 'nobody who has approved it',
			arrange: async ({ configure }) => {
				await configure({}, { protected: { approvals: 1, approvers: ['lead@plant.example'], identity: 'Ann <ann@plant.example>' } });
				return promote;
			},
		},
		{
			what: 'a time zone that is none',
			arrange: async ({ configure }) => {
				await configure({}, { protected: { windows: [{ from: '22:00', to: '04:00', timeZone: 'Europe/Berlinn' }] } });
				return promote;
			},
		},
		{
			what: 'an editor without anybody who may sign in',
			arrange: async ({ configure }) => {
				await configure({}, { editor: { access: 'read-only' } });
				return promote;
			},
		},
	],
	Bundles: [
		{ what: 'none there', arrange: async () => [...promote, '--bundle', 'plant.bundle'] },
		{ what: 'one that was cut short', arrange: (kit) => bundled(kit, (bytes) => bytes.subarray(0, 2000)) },
		{
			what: 'one with a byte that is another',
			arrange: (kit) => bundled(kit, (bytes) => Buffer.from(bytes.toString('latin1').replace('"seen"', '"sein"'), 'latin1')),
		},
		{ what: 'something else', arrange: (kit) => bundled(kit, () => Buffer.from('x'.repeat(5000))) },
		{ what: 'one without a seal, where a passphrase is set', env: PASSPHRASE, arrange: (kit) => bundled(kit, (bytes) => bytes) },
		{
			what: 'one that was sealed with another passphrase',
			env: { FLOWFERRY_PASSPHRASE: 'another horse altogether' },
			arrange: (kit) => bundled(kit, (bytes) => bytes, PASSPHRASE),
		},
	],
};

async function storedFile({ path }: Kit, id: string, name: string): Promise<string> {
	const store = '.flowferry/snapshots/snapshots';
	const folder = (await readdir(path(store), { recursive: true })).find((entry) => entry.endsWith(id));
	if (folder === undefined) throw new Error(`the store has no folder of ${id}`);
	return join(store, folder, name);
}

async function importing({ snapshot, flowferry, read, write }: Kit, change: (text: string) => string): Promise<string[]> {
	await flowferry(['snapshot', 'export', await snapshot(), '--out', 'plant.json']);
	await write('plant.json', change(await read('plant.json')));
	return ['snapshot', 'import', 'plant.json'];
}

async function planned({ flowferry, read, write }: Kit, change: (text: string) => string): Promise<string[]> {
	await flowferry(['plan', 'production', '--out', 'plan.json']);
	await write('plan.json', change(await read('plan.json')));
	return ['promote', '--plan', 'plan.json', '--yes'];
}

async function bundled({ flowferry, path }: Kit, change: (bytes: Buffer) => Buffer, env: Record<string, string> = {}): Promise<string[]> {
	await flowferry(['bundle', 'create', '--out', 'plant.bundle', '--without-node-red'], env);
	await writeFile(path('plant.bundle'), change(await readFile(path('plant.bundle'))));
	return [...promote, '--bundle', 'plant.bundle'];
}

/** Brings one about in a folder of its own. @throws Error where the command does not refuse it as it should */
export async function play({ arrange, env = {} }: BadInput): Promise<Refusal> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-bad-input-'));
	try {
		const kit = kitIn(folder);
		await mkdir(join(folder, 'dev'));
		await kit.configure({});
		await kit.flows(sampleFlows);
		const args = await arrange(kit);
		const { status, stdout, stderr } = await runCli([...args, '--json'], { cwd: folder, env });
		const { error } = JSON.parse(stdout || '{}') as { error?: Refusal };
		if (!error || error.exitStatus !== status) throw new Error(`${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
		return { ...error, message: alike(error.message, folder), hint: alike(error.hint ?? '', folder) };
	} finally {
		await rm(folder, { recursive: true });
	}
}

/** Without what is another in each run. */
function alike(text: string, folder: string): string {
	return text
		.replaceAll(folder, '/plant')
		.replace(/\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{12,64}\b/g, '3f9a1c0d2e4b')
		.replace(/ that \S+ made at \S+/, ' that ann made at 2026-01-02T03:04:05.000Z');
}

function kitIn(folder: string): Kit {
	const path = (name: string) => join(folder, name);
	const read = (name: string) => readFile(path(name), 'utf8');
	const write = async (name: string, text: string) => {
		await mkdir(join(path(name), '..'), { recursive: true });
		await writeFile(path(name), text);
	};
	const flowferry = async (args: string[], env: Record<string, string> = {}) => {
		const { status, stdout, stderr, json } = await runCli([...args, '--json'], { cwd: folder, env });
		if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
		return json();
	};
	return {
		path,
		read,
		write,
		edit: async (name, from, to) => {
			const text = await read(name);
			if (!text.includes(from)) throw new Error(`${name} does not have ${from}`);
			await writeFile(path(name), text.replace(from, to));
		},
		configure: async (keys, production = {}, more = {}) => {
			const environments = { production: { mode: 'hot-spare', ...production }, staging: { mode: 'hot-spare', port: 8081 }, ...more };
			await writeFile(path('flowferry.yaml'), JSON.stringify({ dev: { userDir: 'dev' }, environments, ...keys }, null, 2));
		},
		flows: async (nodes) => await write('dev/flows.json', JSON.stringify(nodes)),
		flowferry,
		snapshot: async (env = {}) => (await flowferry(['snapshot'], env)).id,
	};
}

/** The page of the documentation. */
export async function renderPage(): Promise<string> {
	const lines = [
		'# What is refused, and how',
		'',
		'What may be wrong with what is handed to flowferry, brought about one by one, with the words that it is refused with. Nothing was',
		'changed in any of these cases. `/plant` is the folder of the project. Flows and configurations can be wrong in more ways: each has its',
		'line and column, its key and a remedy.',
		'',
		'<!-- Generated: node test/support/generate-bad-input-page.ts -->',
	];
	for (const [heading, cases] of Object.entries(badInputs)) {
		lines.push('', `## ${heading}`);
		for (const each of cases) {
			const { code, message, hint, exitStatus } = await play(each);
			lines.push('', `**${each.what}** · \`${code}\` · exit status ${exitStatus}`, '', '```text', message, `→ ${hint}`, '```');
		}
	}
	return `${lines.join('\n')}\n`;
}
