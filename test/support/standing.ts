import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliResult } from './cli.ts';
import { findProcessesIn } from './processes.ts';
import type { Project } from './project.ts';
import { askVersion } from './project.ts';

/** What must stay as it is, whatever was asked for in vain. */
export interface Standing {
	health: unknown;
	active: unknown;
	unfinished: unknown;
	/** Each slot's release, and the process ids of its instances and of their Node-REDs. */
	slots: unknown[];
	/** Seats, who has them, and their fencing tokens. */
	leases: unknown[];
	/** Every process that has the project in use. */
	processes: string[];
	/** Every file and folder of the slots, and the palettes and Node-REDs that are installed. */
	folders: string[];
	/** What production answers. */
	version: string;
}

/** @param directory where the environment lives; default: where it does if nothing is configured */
export async function readStanding(
	project: Project,
	directory = join(project.folder, '.flowferry/environments/production'),
): Promise<Standing> {
	const { health, active, promotion, slots, leases } = await project.status();
	return {
		health,
		active,
		unfinished: promotion,
		slots: slots.map(({ slot, release, instances }) => [
			slot,
			release?.number,
			...instances.map(({ status }) => [status?.pid, status?.childPid, status?.state]),
		]),
		leases: leases.map(({ seat, holder, token }) => [seat, holder, token]),
		processes: await findProcessesIn(project.folder),
		folders: [...(await readdir(join(directory, 'slots'))), ...(await readdir(join(directory, 'palettes')))].sort(),
		version: await askVersion(project),
	};
}

export interface Refusal {
	status: number;
	/** The error's code with `--json`. */
	code: string;
	/** What somebody who reads the error must find in it: what, where, and what to do. */
	says: (string | RegExp)[];
	directory?: string;
}

/**
 * Runs a command for a person and for a program: both get the same error, and production stays as it was.
 * @returns what the person got
 */
export async function expectRefusal(project: Project, args: string[], { status, code, says, directory }: Refusal): Promise<CliResult> {
	const before = await readStanding(project, directory);
	const shown = await project.cli(...args);
	expectError(shown, status, says);
	const answered = await project.cli(...args, '--json');
	expectErrorJson(answered, { status, code, says });
	expect(await readStanding(project, directory)).toEqual(before);
	return shown;
}

/** What a person gets: a message and what to do, without the traces of a defect. */
export function expectError({ status, stderr }: CliResult, expected: number, says: Refusal['says']): void {
	expect({ status, stderr }).toEqual({ status: expected, stderr: expect.stringMatching(/^flowferry: \S(.|\n)*\n {2}→ \S/m) });
	expect(stderr).not.toMatch(/^\s+at |defect|\[object|undefined/m);
	for (const text of says) expect(stderr).toEqual(typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text));
}

/** What a program gets: one JSON document, the same in content. */
export function expectErrorJson({ status, stdout, stderr }: CliResult, { status: expected, code, says }: Refusal): void {
	expect({ status, stderr }).toEqual({ status: expected, stderr: '' });
	const { error, ...more } = JSON.parse(stdout);
	expect(more).toEqual({});
	expect(error).toMatchObject({ code, message: expect.stringMatching(/\S/), hint: expect.stringMatching(/\S/), exitStatus: expected });
	const text = `${error.message}\n${error.hint}`;
	for (const part of says) expect(text).toEqual(typeof part === 'string' ? expect.stringContaining(part) : expect.stringMatching(part));
}
