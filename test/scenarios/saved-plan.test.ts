import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { parse } from 'yaml';
import { systemClock } from '../../src/lib/adapters/clock.ts';
import { openStateDatabase } from '../../src/lib/adapters/state-database.ts';
import { acquirePromotionLock } from '../../src/lib/cutover/lock.ts';
import { leaseTables, SqliteLeaseStore } from '../../src/lib/lease/sqlite-lease-store.ts';
import type { SavedPlan } from '../../src/lib/plan/saved-plan.ts';
import { savePlan } from '../../src/lib/plan/saved-plan.ts';
import { initialState } from '../../src/lib/promotion/machine.ts';
import { journalTables, SqliteJournal } from '../../src/lib/promotion/sqlite-journal.ts';
import { runCli } from '../support/cli.ts';
import { nodeRedFolder, versionFlows } from '../support/project.ts';

/** Programs are started: on a busy machine the usual 5 s are not enough. */
jest.setTimeout(120_000);

/** Long enough to be taken for a secret, and such that no digest has it by chance. */
const SECRET = 'correct-horse-battery';
let folder: string;

type Keys = Record<string, unknown>;
const place = (name: string) => join(folder, name);
const read = async (name = 'plan.json') => JSON.parse(await readFile(place(name), 'utf8')) as SavedPlan;
const write = (name: string, content: unknown) => writeFile(place(name), typeof content === 'string' ? content : JSON.stringify(content));
const setFlows = (version: string) => write('dev/flows.json', versionFlows(version));
const configure = (keys: Keys = {}, others: Keys = {}) =>
	write('flowferry.yaml', {
		dev: { userDir: 'dev' },
		environments: {
			production: {
				mode: 'hot-spare',
				instances: 1,
				nodeRed: nodeRedFolder,
				variables: { BROKER: 'a', TOKEN: SECRET },
				credentials: { in1: { password: SECRET } },
				...keys,
			},
			...others,
		},
	});
const flowferry = (args: string[], env: Record<string, string> = {}) => runCli(args, { cwd: folder, env: { HOME: folder, ...env } });
const github = (actor: string) => ({ GITHUB_ACTIONS: 'true', GITHUB_ACTOR: actor });
const failure = async (args: string[], env: Record<string, string> = {}) => {
	const { status, json } = await flowferry([...args, '--json'], env);
	const { code, message, hint } = json().error;
	return { status, code, message: String(message), hint: String(hint) };
};

/** As somebody would write it by hand: with a checksum that is right. */
const resave = ({ checksum: _, ...saved }: SavedPlan, change: Partial<SavedPlan>) => savePlan({ ...saved, ...change });

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'flowferry-plan-'));
	await mkdir(place('dev'));
	await setFlows('v1');
	await configure();
});
afterEach(() => rm(folder, { recursive: true }));

describe('a saved plan', () => {
	it('says what it is, holds no secret, and is refused as soon as anything that decided it is otherwise', async () => {
		const { status, json } = await flowferry(['plan', 'production', '--out', 'plan.json', '--json']);
		expect(status).toBe(0);
		const saved = await read();
		expect(json().saved).toEqual({ file: 'plan.json', checksum: saved.checksum });
		expect(saved).toMatchObject({ environment: 'production', flags: {}, plan: { strategy: 'first', from: null, origin: { kind: 'dev' } } });
		expect(Object.keys(saved.configuration)).toEqual(
			expect.arrayContaining(['variables.TOKEN', 'credentials.in1.password', 'lint.extends']),
		);
		const text = await readFile(place('plan.json'), 'utf8');
		expect(text).not.toContain(SECRET);
		// Nor a digest that could be made of it without the target's key.
		const { createHash } = await import('node:crypto');
		for (const form of [SECRET, JSON.stringify(SECRET), JSON.stringify(['variables.TOKEN', SECRET])])
			expect(text).not.toContain(createHash('sha256').update(form).digest('hex').slice(0, 32));

		const stale = async (...reasons: string[]) => {
			const found = await failure(['promote', '--plan', 'plan.json', '--yes']);
			expect(found).toMatchObject({ status: 6, code: 'PLAN_STALE' });
			for (const reason of reasons) expect(found.message).toContain(reason);
			expect(found.message).not.toContain(SECRET);
			return found;
		};
		await configure({ variables: { BROKER: 'b', TOKEN: `${SECRET}-2` }, failOn: 'never' });
		expect((await stale('the configuration has changed: failOn, variables.BROKER, variables.TOKEN')).message).not.toContain('credentials');
		await configure({ drill: { stopBroker: 'a', startBroker: 'b' }, checks: [{ http: '/health' }] });
		await stale('checks, drill.startBroker, drill.stopBroker', 'safeguards.checks was [], and is ["http /health"]');
		await configure();

		await write('old.json', resave(saved, { version: '0.0.9' }));
		expect(await failure(['promote', '--plan', 'old.json', '--yes'])).toMatchObject({
			code: 'PLAN_STALE',
			message: expect.stringMatching(/flowferry 0\.0\.9 made it, and this is \d/),
		});
		await write('other.json', resave(saved, { plan: { ...saved.plan, strategy: 'exclusive' } }));
		expect(await failure(['promote', '--plan', 'other.json', '--yes'])).toMatchObject({
			code: 'PLAN_STALE',
			message: expect.stringContaining('the plan\'s strategy was "exclusive", and is "first"'),
		});
		await rm(place('.flowferry/environments'), { recursive: true });
		await stale('it was made for another production: one with a state of its own');
		expect((await flowferry(['plan', 'production', '--out', 'plan.json'])).status).toBe(0);
		await rm(place('.flowferry/snapshots'), { recursive: true });
		await stale('the store no longer has its snapshot');
	});

	it('is stale where the settings file says something else', async () => {
		await configure({ settings: 'settings.js' });
		await write('settings.js', 'module.exports = { httpNodeRoot: "/a" };');
		expect((await flowferry(['plan', 'production', '--out', 'plan.json'])).status).toBe(0);
		await write('settings.js', 'module.exports = { httpNodeRoot: "/b" };');
		expect(await failure(['promote', '--plan', 'plan.json', '--yes'])).toMatchObject({
			code: 'PLAN_STALE',
			message: expect.stringContaining('the configuration has changed: settings (contents)'),
		});
	});

	it('is about the stored snapshot, whatever the dev Node-RED has become', async () => {
		await flowferry(['plan', 'production', '--out', 'plan.json', '--strategy', 'exclusive', '--fail-on', 'never']);
		const { plan, flags } = await read();
		expect(flags).toEqual({ strategy: 'exclusive', failOn: 'never' });
		await rm(place('dev'), { recursive: true });
		const { status, json } = await flowferry(['approve', '--plan', 'plan.json', '--yes', '--json']);
		expect(status).toBe(0);
		expect(json()).toMatchObject({ outcome: 'approved', environment: 'production', snapshot: plan.snapshot, serving: null });
	});

	it('is not written where something blocks it', async () => {
		await write('dev/flows.json', [
			...versionFlows('v1'),
			{ id: 'x', type: 'debug', z: 'tab1', name: '${NOBODY}', wires: [] },
			{ id: 'c', type: 'change', z: 'tab1', to: '${NOBODY}', wires: [[]] },
		]);
		const { status, stderr } = await flowferry(['plan', 'production', '--out', 'plan.json']);
		expect(status).toBe(2);
		expect(stderr).toContain('not saved');
		await expect(read()).rejects.toThrow();
	});

	it('that is not there, is a folder, is cut off, or is for another environment is refused, and so are flags beside it', async () => {
		expect(await failure(['promote', '--plan', 'none.json'])).toMatchObject({ status: 2, code: 'PLAN_FILE_MISSING' });
		expect(await failure(['promote', '--plan', 'dev'])).toMatchObject({ status: 2, code: 'PLAN_FILE_UNREADABLE' });
		await configure({}, { staging: { mode: 'hot-spare', port: 8081 } });
		await flowferry(['plan', 'production', '--out', 'plan.json']);
		await write('cut.json', (await readFile(place('plan.json'), 'utf8')).slice(0, -40));
		expect(await failure(['approve', '--plan', 'cut.json', '--yes'])).toMatchObject({ status: 2, code: 'PLAN_FILE_INVALID' });
		expect(await failure(['promote', 'staging', '--plan', 'plan.json'])).toMatchObject({
			status: 2,
			code: 'PLAN_OTHER_ENVIRONMENT',
			message: 'The plan plan.json is for production, not for staging',
		});
		for (const flags of [
			['--strategy', 'gated'],
			['--from', 'staging'],
		])
			expect(await failure(['promote', '--plan', 'plan.json', ...flags])).toMatchObject({ status: 2, code: 'USAGE' });
	});
});

describe('stages', () => {
	const staged = (after: Record<string, string>) =>
		configure(after.production ? { after: after.production } : {}, {
			staging: { mode: 'hot-spare', port: 8081, ...(after.staging && { after: after.staging }) },
		});

	it('refuse what did not run in the one before, and say so in the audit', async () => {
		await staged({ production: 'staging' });
		const { id } = (await flowferry(['snapshot', '--json'])).json();
		expect(await failure(['plan', 'production'])).toMatchObject({
			status: 2,
			code: 'NOTHING_SERVES',
			message: 'nothing was ever promoted to staging',
		});
		const found = await flowferry(['plan', 'production', '--snapshot', id, '--json']);
		expect(found.status).toBe(6);
		expect(found.json().blockers).toMatchObject([{ code: 'STAGE_SKIPPED' }]);
		expect(await failure(['promote', 'production', '--snapshot', id, '--yes'], github('eve'))).toMatchObject({
			status: 6,
			code: 'STAGE_SKIPPED',
			message: `production comes after staging, which runs nothing and not ${id.slice(0, 12)}`,
		});
		const { entries } = (await flowferry(['audit', 'production', '--json'])).json();
		expect(entries).toMatchObject([
			{ action: 'promote', who: { identity: 'github:eve' }, subject: { snapshot: id }, event: { kind: 'refused', code: 'STAGE_SKIPPED' } },
		]);
		expect(await failure(['plan', 'production', '--from', 'stagin'])).toMatchObject({ status: 2, code: 'ENVIRONMENT_UNKNOWN' });
	});
});

describe('a protected environment', () => {
	const closed = {
		windows: [{ days: ['mon-sun'], from: '00:00', to: '24:00' }],
		freezes: [{ from: '2020-01-01', to: '2199-01-01', because: 'for ever' }],
	};

	it('says in its plan what stands in the way now, and leaves the exit status alone', async () => {
		await configure({ protected: { by: ['github:ann'], approvals: 1, ...closed } });
		const { status, json } = await flowferry(['plan', 'production', '--json'], github('eve'));
		expect(status).toBe(0);
		expect(json().protection.gates.map(({ code }: { code: string }) => code)).toEqual(['NOT_ALLOWED', 'WINDOW_CLOSED', 'APPROVAL_MISSING']);
		const { stdout } = await flowferry(['plan', 'production'], github('ann'));
		expect(stdout).toContain('Approvals: 0 of 1');
		expect(stdout).toContain('not now production may not be changed now: it is frozen from 2020-01-01 to 2199-01-01: for ever');
	});

	it('refuses who may not, when it is closed, and without approvals; records it; and lets nobody approve who may not', async () => {
		const { id } = (await flowferry(['snapshot', '--json'])).json();
		const promote = ['promote', '--snapshot', id, '--yes'];
		await configure({ protected: { by: ['github:ann', 'github:joe'], approvals: 1, override: ['github:joe'] } });
		expect(await failure(promote, github('eve'))).toMatchObject({ status: 6, code: 'NOT_ALLOWED' });
		expect(await failure(promote, github('ann'))).toMatchObject({ status: 6, code: 'APPROVAL_MISSING' });
		expect(await failure([...promote, '--override', 'it burns'], github('ann'))).toMatchObject({ status: 6, code: 'NOT_ALLOWED' });
		expect(await failure(['approve', '--snapshot', id, '--yes'], github('eve'))).toMatchObject({ status: 6, code: 'NOT_ALLOWED' });
		expect(await failure(['approve', '--yes'], github('ann'))).toMatchObject({ status: 2, code: 'APPROVAL_OF_NOTHING' });
		for (const reason of ['', ' \t'])
			expect(await failure([...promote, '--override', reason], github('joe'))).toMatchObject({ status: 2, code: 'USAGE' });
		for (const command of ['rollback', 'down', 'failover'])
			expect(await failure([command, '--yes'], github('eve'))).toMatchObject({ status: 6, code: 'NOT_ALLOWED' });
		expect(await failure(['failover', 'pause'], github('eve'))).toMatchObject({ status: 6, code: 'NOT_ALLOWED' });
		await configure({ protected: closed });
		expect(await failure(promote, github('ann'))).toMatchObject({ status: 6, code: 'WINDOW_CLOSED' });
		expect(await failure(['down', '--yes'], github('ann'))).toMatchObject({ status: 6, code: 'WINDOW_CLOSED' });
		// Nothing to go back to: that is what it says, and not that it is closed.
		expect(await failure(['rollback', '--yes'], github('ann'))).toMatchObject({ code: 'NOTHING_SERVES' });

		const { stdout } = await flowferry(['audit', '--format', 'csv']);
		const rows = stdout
			.trimEnd()
			.split('\r\n')
			.map((row) => row.replaceAll(/"([^"]|"")*"/g, 'quoted').split(','));
		expect(rows[0]?.slice(0, 4)).toEqual(['sequence', 'time', 'action', 'event']);
		expect(rows.slice(1).map((row) => [row[2], row[3], row[6], row[8]])).toEqual([
			['promote', 'refused', 'NOT_ALLOWED', 'github:eve'],
			['promote', 'refused', 'APPROVAL_MISSING', 'github:ann'],
			['promote', 'refused', 'NOT_ALLOWED', 'github:ann'],
			['approve', 'refused', 'NOT_ALLOWED', 'github:eve'],
			['rollback', 'refused', 'NOT_ALLOWED', 'github:eve'],
			['down', 'refused', 'NOT_ALLOWED', 'github:eve'],
			['failover', 'refused', 'NOT_ALLOWED', 'github:eve'],
			['failover pause', 'refused', 'NOT_ALLOWED', 'github:eve'],
			['promote', 'refused', 'WINDOW_CLOSED', 'github:ann'],
			['down', 'refused', 'WINDOW_CLOSED', 'github:ann'],
			['rollback', 'begun', '', 'github:ann'],
			['rollback', 'ended', 'NOTHING_SERVES', 'github:ann'],
		]);
	});

	it('has in its audit who asked a promotion to go back, also where that has not in time', async () => {
		await configure({ timeouts: { abortMs: 300 } });
		await flowferry(['status', 'production']);
		const database = openStateDatabase(place('.flowferry/environments/production/state.db'), leaseTables + journalTables);
		const journal = new SqliteJournal(database, () => new Date());
		const lock = await acquirePromotionLock(new SqliteLeaseStore(database, systemClock()), systemClock(), 'joe@pc (pid 1)');
		try {
			const release = await journal.createRelease('a'.repeat(64));
			await journal.begin(
				{ kind: 'promote', strategy: 'first', from: null, to: { slot: 'blue', release } },
				'joe@pc (pid 1)',
				initialState,
			);
			expect(await failure(['abort', '--yes'], github('ann'))).toMatchObject({ status: 5, code: 'ABORT_PENDING' });
		} finally {
			await lock.release();
			database.close();
		}
		const { entries } = (await flowferry(['audit', '--json'])).json();
		expect(entries).toMatchObject([
			{ action: 'abort', who: { identity: 'github:ann' }, subject: { release: 1 }, event: { kind: 'begun' } },
			{ action: 'abort', subject: { release: 1 }, event: { kind: 'ended', begun: 1, outcome: 'needs operator', code: 'ABORT_PENDING' } },
		]);
	});

	it('shows an audit that somebody has changed, with exit status 5', async () => {
		await configure({ protected: { by: ['github:ann'] } });
		for (const name of ['eve', 'mallory', 'trudy']) await failure(['down', '--yes'], github(name));
		expect((await flowferry(['audit', '--verify'])).stderr).toMatch(
			/3 entries, and all of them as they were written; the last hash: [0-9a-f]{64}/,
		);
		const { DatabaseSync } = await import('node:sqlite');
		const database = new DatabaseSync(place('.flowferry/environments/production/state.db'));
		database.exec("DROP TRIGGER audit_stays; UPDATE audit SET entry = replace(entry, 'mallory', 'alice') WHERE sequence = 2");
		database.close();
		expect(await failure(['audit', '--verify'])).toMatchObject({
			status: 5,
			code: 'AUDIT_BROKEN',
			message: 'the audit of production is not as it was written: entry 2 was changed after it was written',
		});
	});
});

describe('the templates for CI', () => {
	const template = async (name: string) =>
		parse(await readFile(fileURLToPath(new URL(`../../templates/ci/${name}`, import.meta.url)), 'utf8'));
	/** As a CI system runs a step: each line must succeed. */
	async function step(script: string, env: Record<string, string> = {}): Promise<number | null> {
		const bin = place('bin');
		await mkdir(bin, { recursive: true });
		const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
		// npx --yes flowferry …
		await writeFile(join(bin, 'npx'), `#!/bin/sh\nshift 2\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
		const child = spawn('bash', ['-e', '-c', script], {
			cwd: folder,
			env: { PATH: `${bin}:${process.env.PATH}`, HOME: folder, ...env },
			stdio: 'ignore',
		});
		return (await once(child, 'exit'))[0] as number | null;
	}

	it.each([
		[
			'promote-github-actions.yml',
			({ jobs }: ReturnType<typeof JSON.parse>) =>
				[jobs.plan.steps, jobs.promote.steps].map((steps) => steps.find(({ run }: { run?: string }) => run).run),
		],
		['promote-gitlab-ci.yml', ({ plan, promote }: ReturnType<typeof JSON.parse>) => [plan.script.join('\n'), promote.script.join('\n')]],
	])('%s plans, and promotes that plan or nothing', async (name, scriptsOf) => {
		const [plan, promote] = scriptsOf(await template(name)) as [string, string];
		const outputs = place('outputs');
		expect(await step(plan, { GITHUB_OUTPUT: outputs })).toBe(0);
		expect((await read()).environment).toBe('production');
		if (name.includes('github')) expect(await readFile(outputs, 'utf8')).toBe('status=0\n');
		await configure({ failOn: 'never' });
		expect(await step(promote)).toBe(6);
	});
});
