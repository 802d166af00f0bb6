import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SmallDisk } from '../support/full-disk.ts';
import { canMount, mountSmallDisk } from '../support/full-disk.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, versionFlows } from '../support/project.ts';
import { expectError, expectErrorJson, readStanding } from '../support/standing.ts';

// Under CI this must not be skipped: it then fails where the disk cannot be mounted.
const describeAsRoot = canMount() || process.env.CI ? describe : describe.skip;

describeAsRoot('a full disk (needs root, to mount a small one)', () => {
	const TTL_MS = 2000;
	let disk: SmallDisk;
	let project: Project;
	let directory: string;

	beforeAll(async () => {
		disk = await mountSmallDisk(4);
		directory = join(disk.folder, 'production');
		project = await createProject({ directory, lease: { ttlMs: TTL_MS } });
		await project.promote(versionFlows('v1'));
	});
	afterAll(async () => {
		disk.empty();
		await project.remove();
		await disk.unmount();
	});

	/** The journal's last entry may be missing: what could not be written is written by the next command. */
	const standing = async () => ({ ...(await readStanding(project, directory)), health: null, unfinished: null });

	it.each([
		['to the last byte', 0],
		['but for what a slot takes', 16 * 1024],
	])('%s: a promotion is refused, and what runs goes on', async (_, freeBytes) => {
		const before = await standing();
		await project.setFlows(versionFlows('v2'));
		disk.fill(freeBytes);
		const says = ["'prepare' failed", 'no space left', directory, 'make room', 'Release 1 serves, as before.'];
		expectError(await project.cli('promote', '--yes'), 4, says);
		expect(await standing()).toEqual(before);
		expectErrorJson(await project.cli('promote', '--yes', '--json'), { status: 4, code: 'CUTOVER_ROLLED_BACK', says });
		expect(await standing()).toEqual(before);
		disk.empty();
	});

	it('the active instance keeps its lease for as long as the disk is full', async () => {
		disk.fill();
		const before = await standing();
		for (const end = performance.now() + 3.5 * TTL_MS; performance.now() < end; await sleep(250)) {
			expect(await askVersion(project)).toBe('v1');
		}
		expect(await standing()).toEqual(before);
		expect((await project.active()).crashes).toBe(0);
	});

	it('and once there is room, the same promotion succeeds', async () => {
		disk.empty();
		expect(await project.promote(versionFlows('v2'))).toMatchObject({ outcome: 'promoted' });
		expect(await askVersion(project)).toBe('v2');
		expect((await project.status()).health).toEqual({ state: 'serving' });
	});

	it('a first promotion to a full disk leaves nothing behind', async () => {
		const other = join(disk.folder, 'other');
		disk.fill();
		const config = JSON.parse(await readFile(join(project.folder, 'flowferry.yaml'), 'utf8'));
		config.environments.production.directory = other;
		await writeFile(join(project.folder, 'other.yaml'), JSON.stringify(config));
		const says = [other, 'no space left', 'make room'];
		expectError(await project.cli('promote', '--yes', '-c', 'other.yaml'), 2, says);
		expectErrorJson(await project.cli('promote', '--yes', '-c', 'other.yaml', '--json'), { status: 2, code: 'DISK_FULL', says });
		expect(await readdir(other)).toEqual([]);
		disk.empty();
		expect(await askVersion(project)).toBe('v2');
	});
});

describe('a state file that is damaged', () => {
	let project: Project;
	const file = () => join(project.folder, '.flowferry', 'environments', 'production', 'state.db');

	beforeAll(async () => {
		project = await createProject();
		await project.promote(versionFlows('v1'));
	});
	afterAll(() => project.remove());

	it('is named, touched by no command, and can be left behind', async () => {
		const { snapshot } = (await project.status()).active ?? { snapshot: '' };
		await project.succeed('down', '--yes');
		const garbage = 'this is no database\n'.repeat(500);
		await writeFile(file(), garbage);
		const says = [file(), 'not a database', 'move', 'flowferry snapshot list'];
		for (const args of [['status'], ['up'], ['down', '--yes'], ['promote', '--yes'], ['rollback', '--yes']]) {
			expectError(await project.cli(...args), 5, says);
			expectErrorJson(await project.cli(...args, '--json'), { status: 5, code: 'STATE_UNUSABLE', says });
		}
		expect(await readFile(file(), 'utf8')).toBe(garbage);

		await rename(file(), `${file()}.damaged`);
		await project.succeed('promote', '--snapshot', snapshot, '--yes');
		expect(await askVersion(project)).toBe('v1');
	});
});

describe('a release whose snapshot was changed by hand', () => {
	let project: Project;
	let file: string;

	beforeAll(async () => {
		project = await createProject();
		const { snapshot } = await project.promote(versionFlows('v1'));
		file = join(project.folder, '.flowferry', 'snapshots', 'snapshots', snapshot.slice(0, 2), snapshot, 'snapshot.json');
		await project.promote(versionFlows('v2'));
		await project.promote(versionFlows('v3'));
		await writeFile(file, (await readFile(file, 'utf8')).replace(/"version": "[^"]*"/, '"version": "5.0.1"'));
	});
	afterAll(() => project.remove());

	it('is not rolled back to', async () => {
		const before = await readStanding(project);
		const says = ['The snapshot store is damaged', file.replace('/snapshot.json', ''), 'git -C'];
		expectError(await project.cli('rollback', '--to', '1', '--yes'), 2, says);
		expect(await readStanding(project)).toEqual(before);
		expectErrorJson(await project.cli('rollback', '--to', '1', '--yes', '--json'), { status: 2, code: 'STORE_CORRUPT', says });
		expect(await readStanding(project)).toEqual(before);
	});

	it('and does not stand in the way of the others', async () => {
		await project.succeed('rollback', '--yes');
		expect(await askVersion(project)).toBe('v2');
	});
});
