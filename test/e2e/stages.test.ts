import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AuditEntry } from '../../src/lib/audit/audit-log.ts';
import { runCli } from '../support/cli.ts';
import { freePort } from '../support/gateway.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, nodeRedFolder, versionFlows } from '../support/project.ts';
import { until } from '../support/until.ts';

const SECRET = 'correct-horse-battery';
const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** What a CI system says of whoever had the job run. */
const github = (actor: string) => ({
	GITHUB_ACTIONS: 'true',
	GITHUB_ACTOR: actor,
	GITHUB_SERVER_URL: 'https://github.example',
	GITHUB_REPOSITORY: 'plant/flows',
	GITHUB_RUN_ID: '7',
});

describe('from staging to a protected production', () => {
	let project: Project;
	let port: number;
	let stagingPort: number;

	const environment = (keys: object) => ({ mode: 'hot-spare', instances: 1, nodeRed: nodeRedFolder, timeouts: { hungMs: 5000 }, ...keys });
	const configure = (production: object = {}, protection: object = {}) =>
		writeFile(
			join(project.folder, 'flowferry.yaml'),
			JSON.stringify({
				dev: { userDir: 'dev' },
				environments: {
					staging: environment({ port: stagingPort }),
					production: environment({
						port,
						after: 'staging',
						variables: { TOKEN: '${TOKEN}' },
						protected: { by: ['github:jane', 'github:ann', 'github:joe'], approvals: 1, override: ['github:joe'], ...protection },
						...production,
					}),
				},
			}),
		);
	const as = (actor: string, ...args: string[]) =>
		runCli(args, { cwd: project.folder, env: { HOME: project.folder, TOKEN: SECRET, ...github(actor) } });
	const done = async (actor: string, ...args: string[]) => {
		const result = await as(actor, ...args, '--json');
		if (result.status !== 0) throw new Error(`${args.join(' ')} ended with ${result.status}: ${result.stdout}${result.stderr}`);
		return result.json();
	};
	const refused = async (actor: string, ...args: string[]) => {
		const result = await as(actor, ...args, '--json');
		return { status: result.status, ...(result.json().error as { code: string; message: string }) };
	};
	const audit = async () => (await done('ann', 'audit', 'production')).entries as AuditEntry[];

	beforeAll(async () => {
		project = await createProject();
		port = Number(new URL(project.url).port);
		stagingPort = await freePort();
		await configure();
	});
	afterAll(async () => {
		await configure();
		await done('joe', 'down', 'staging', '--yes');
		await configure({ after: undefined, protected: undefined });
		const text = JSON.parse(await readFile(join(project.folder, 'flowferry.yaml'), 'utf8'));
		delete text.environments.staging;
		text.environments.production.variables = {};
		await writeFile(join(project.folder, 'flowferry.yaml'), JSON.stringify(text));
		await project.remove();
	});

	it('promotes what staging runs, as it was planned and approved by another', async () => {
		await project.setFlows(versionFlows('v1'));
		await done('jane', 'promote', 'staging', '--yes');
		// The dev Node-RED goes on; nobody asks it any more.
		await project.setFlows(versionFlows('v2'));
		const plan = await done('jane', 'plan', 'production', '--out', 'plan.json');
		expect(plan.origin).toMatchObject({ kind: 'environment', environment: 'staging', release: 1 });
		expect(plan.protection).toMatchObject({ gates: [{ code: 'APPROVAL_MISSING' }], approvals: { needed: 1, by: [] } });
		expect(await readFile(join(project.folder, 'plan.json'), 'utf8')).not.toContain(SECRET);

		const promote = ['promote', '--plan', 'plan.json', '--yes'];
		expect(await refused('jane', ...promote)).toMatchObject({ status: 6, code: 'APPROVAL_MISSING' });
		await done('jane', 'approve', '--plan', 'plan.json', '--yes');
		expect(await refused('jane', ...promote)).toMatchObject({ status: 6, code: 'APPROVAL_MISSING' });
		expect(await refused('eve', 'approve', '--plan', 'plan.json', '--yes')).toMatchObject({ status: 6, code: 'NOT_ALLOWED' });
		const approval = await done('ann', 'approve', '--plan', 'plan.json', '--yes');
		expect(approval).toMatchObject({ outcome: 'approved', snapshot: plan.snapshot, plan: plan.saved.checksum, by: 'github:ann' });
		// That plan was approved, and not the snapshot by whatever way.
		expect(await refused('jane', 'promote', 'production', '--yes')).toMatchObject({ status: 6, code: 'APPROVAL_MISSING' });
		expect(await done('jane', ...promote)).toMatchObject({ outcome: 'promoted', release: 1, snapshot: plan.snapshot });
		expect(await askVersion(project)).toBe('v1');

		expect(await refused('jane', ...promote)).toMatchObject({
			status: 6,
			code: 'PLAN_STALE',
			message: expect.stringContaining('release 1 serves now, and no longer nothing'),
		});
		expect((await as('jane', 'plan', 'production', '--exit-code')).status).toBe(7);
		expect((await as('jane', 'promote', 'production', '--exit-code', '--yes')).status).toBe(7);
		expect((await as('jane', 'plan', 'production')).status).toBe(0);
	});

	it('killed in the middle of an override, is ended by whoever resumes, and the audit has both', async () => {
		const { id } = await done('joe', 'snapshot');
		expect(await refused('joe', 'promote', 'production', '--snapshot', id, '--yes')).toMatchObject({ status: 6, code: 'STAGE_SKIPPED' });
		const mark = join(project.folder, 'held.pid');
		await configure({ hooks: { before: { hold: `echo $$ > '${mark}.new'; mv '${mark}.new' '${mark}'; exec sleep 60` } } });
		const args = ['promote', 'production', '--snapshot', id, '--yes', '--json', '--override', `it burns, ${SECRET}`];
		const child = spawn(process.execPath, [program, ...args], {
			cwd: project.folder,
			env: { PATH: process.env.PATH, HOME: project.folder, TOKEN: SECRET, ...github('joe') },
			stdio: 'ignore',
		});
		const ended = once(child, 'exit');
		try {
			await until(() => existsSync(mark) || child.exitCode !== null, 'the hook runs', 60_000);
		} finally {
			child.kill('SIGKILL');
			await ended;
		}
		process.kill(Number(await readFile(mark, 'utf8')), 'SIGKILL');
		await rm(mark);
		const open = await audit();
		expect(open.at(-1)).toMatchObject({ action: 'promote', who: { identity: 'github:joe' }, event: { kind: 'begun' } });

		await configure();
		expect(await done('ann', 'resume', 'production')).toMatchObject({ outcome: 'rolled-back', release: 1 });
		expect(await askVersion(project)).toBe('v1');
		const entries = (await audit()).slice(open.length - 1);
		expect(entries.map(({ action, who, event }) => [action, who.identity, event.kind])).toEqual([
			['promote', 'github:joe', 'begun'],
			['resume', 'github:ann', 'begun'],
			['promote', 'github:ann', 'ended'],
			['resume', 'github:ann', 'ended'],
		]);
		const [killed, , ending] = entries as [AuditEntry, AuditEntry, AuditEntry];
		expect(killed).toMatchObject({
			who: { source: 'ci', operator: expect.stringMatching(/@.* \(pid \d+\)$/), job: 'https://github.example/plant/flows/actions/runs/7' },
			subject: { snapshot: id, override: 'it burns, ***' },
		});
		expect(ending.event).toMatchObject({ begun: killed.sequence, outcome: 'rolled back', reason: expect.stringContaining("'hold'") });
	});

	it('goes past stages and approvals for those who may override, and back whatever the clock says', async () => {
		const { id } = await done('joe', 'snapshot');
		const override = ['promote', 'production', '--snapshot', id, '--yes', '--override', 'the plant stands still'];
		expect(await refused('jane', ...override)).toMatchObject({ status: 6, code: 'NOT_ALLOWED' });
		const plan = (await as('joe', 'plan', 'production', '--snapshot', id, '--json')).json();
		expect(plan).toMatchObject({
			strategy: 'overlap',
			sinceServing: { strategy: null, configuration: [] },
			lint: { news: { count: 0 } },
			installs: [],
		});
		expect(await done('joe', ...override)).toMatchObject({ outcome: 'promoted', snapshot: id });
		expect(await askVersion(project)).toBe('v2');

		await configure({}, { freezes: [{ from: '2020-01-01', to: '2199-12-31', because: 'for ever' }] });
		await done('ann', 'approve', 'production', '--yes');
		expect(await refused('jane', 'promote', 'production', '--yes')).toMatchObject({ status: 6, code: 'WINDOW_CLOSED' });
		expect(await refused('jane', 'down', 'production', '--yes')).toMatchObject({ status: 6, code: 'WINDOW_CLOSED' });
		expect(await refused('eve', 'rollback', 'production', '--yes')).toMatchObject({ status: 6, code: 'NOT_ALLOWED' });
		expect(await done('jane', 'rollback', 'production', '--yes')).toMatchObject({ outcome: 'rolled-back', release: 1 });
		expect(await askVersion(project)).toBe('v1');

		// Another release has served since: what was approved before counts no more.
		await configure();
		expect(await refused('jane', 'promote', 'production', '--again', '--yes')).toMatchObject({ status: 6, code: 'APPROVAL_MISSING' });
	});

	it('keeps an audit that is whole, and has no secret', async () => {
		const entries = await audit();
		const lines = await as('ann', 'audit', 'production', '--format', 'jsonl', '--verify');
		expect(lines.status).toBe(0);
		expect(
			lines.stdout
				.trimEnd()
				.split('\n')
				.map((line) => JSON.parse(line)),
		).toEqual(entries);
		expect(lines.stdout).not.toContain(SECRET);
		const came = entries.filter(({ event }) => event.kind === 'ended' && event.outcome === 'done');
		expect(came.map(({ action, subject }) => [action, subject.release])).toEqual([
			['promote', 1],
			['resume', 1],
			['promote', expect.any(Number)],
			['rollback', 1],
		]);
		const { stdout } = await as('ann', 'audit', 'production');
		expect(stdout).toContain('override the plant stands still');
		expect(stdout).toContain('refused: WINDOW_CLOSED');
		expect(stdout).not.toContain('it has no end yet');
	});
});
