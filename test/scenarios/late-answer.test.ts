import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Config } from '@oclif/core';
import Approve from '../../src/commands/approve.ts';
import Audit from '../../src/commands/audit.ts';
import Down from '../../src/commands/down.ts';
import Promote from '../../src/commands/promote.ts';
import Snapshot from '../../src/commands/snapshot/index.ts';
import { packageRoot } from '../../src/lib/adapters/package-root.ts';
import { openStateDatabase } from '../../src/lib/adapters/state-database.ts';
import { initialState } from '../../src/lib/promotion/machine.ts';
import { journalTables, SqliteJournal } from '../../src/lib/promotion/sqlite-journal.ts';
import { nodeRedFolder, versionFlows } from '../support/project.ts';

jest.setTimeout(60_000);

/** Somebody is asked, and things change before they answer. */
let meanwhile: () => unknown = () => {};
class LateDown extends Down {
	protected override confirmed = async () => void (await meanwhile());
}
class LatePromote extends Promote {
	protected override confirmed = async () => void (await meanwhile());
}
class LateApprove extends Approve {
	protected override confirmed = async () => void (await meanwhile());
}

describe('a question that is answered late', () => {
	let folder: string;
	let config: Config;

	const place = (name: string) => join(folder, name);
	const configure = (production: object) =>
		writeFile(
			place('flowferry.yaml'),
			JSON.stringify({
				dev: { userDir: 'dev' },
				environments: {
					staging: { mode: 'hot-spare', port: 8081, nodeRed: nodeRedFolder },
					production: { mode: 'hot-spare', nodeRed: nodeRedFolder, ...production },
				},
			}),
		);
	/** In this process, whose clock can be put forward. */
	async function run<R>(Kind: new (argv: string[], config: Config) => { init(): Promise<void>; run(): Promise<R> }, ...args: string[]) {
		const command = new Kind([...args, '--json', '--config', place('flowferry.yaml')], config);
		await command.init();
		return await command.run();
	}
	const events = async () => (await run(Audit, 'production')).entries.map(({ action, event }) => [action, event.kind]);
	/** A release of the snapshot comes to serve there. */
	async function serve(environment: string, snapshot: string) {
		await mkdir(place(`.flowferry/environments/${environment}`), { recursive: true });
		const database = openStateDatabase(place(`.flowferry/environments/${environment}/state.db`), journalTables);
		const journal = new SqliteJournal(database, () => new Date());
		const release = await journal.createRelease(snapshot);
		const { id } = await journal.begin(
			{ kind: 'promote', strategy: 'first', from: null, to: { slot: 'blue', release } },
			'x',
			initialState,
		);
		await journal.record(id, { kind: 'baking' }, true);
		await journal.setSlot('blue', release);
		await journal.setServingSlot('blue');
		database.close();
	}

	beforeAll(async () => {
		config = await Config.load(packageRoot());
	});
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-late-'));
		await mkdir(place('dev'));
		await writeFile(place('dev/flows.json'), JSON.stringify(versionFlows('v1')));
		jest.useFakeTimers({
			now: new Date('2026-11-27T00:30:00Z'),
			doNotFake: [
				'hrtime',
				'nextTick',
				'performance',
				'queueMicrotask',
				'setImmediate',
				'clearImmediate',
				'setInterval',
				'clearInterval',
				'setTimeout',
				'clearTimeout',
			],
		});
	});
	afterEach(async () => {
		jest.useRealTimers();
		await rm(folder, { recursive: true });
	});

	it('is refused where the window has closed in between, and nothing was begun', async () => {
		await configure({ protected: { windows: [{ days: ['mon-sun'], from: '00:00', to: '01:00', timeZone: 'UTC' }] } });
		meanwhile = () => jest.setSystemTime(new Date('2026-11-27T08:00:00Z'));
		await expect(run(LateDown, 'production')).rejects.toMatchObject({ code: 'WINDOW_CLOSED', exitStatus: 6 });
		expect(await events()).toEqual([['down', 'refused']]);
	});

	it('is refused where the stage before has gone on in between', async () => {
		await configure({ after: 'staging' });
		const { id } = await run(Snapshot);
		await serve('staging', id);
		meanwhile = () => serve('staging', 'b'.repeat(64));
		await expect(run(LatePromote, 'production', '--snapshot', id)).rejects.toMatchObject({ code: 'STAGE_SKIPPED', exitStatus: 6 });
		expect(await events()).toEqual([['promote', 'refused']]);
	});

	it('approves nothing where another release has begun to serve in between', async () => {
		await configure({});
		const { id } = await run(Snapshot);
		meanwhile = () => serve('production', id);
		await expect(run(LateApprove, 'production', '--snapshot', id)).rejects.toMatchObject({ code: 'PLAN_OUTDATED', exitStatus: 6 });
		expect(await events()).toEqual([]);
		meanwhile = () => {};
		expect(await run(LateApprove, 'production', '--snapshot', id)).toMatchObject({ outcome: 'approved', serving: 1 });
	});
});
