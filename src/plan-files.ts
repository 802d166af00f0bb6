import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { workingFolder } from './context.ts';
import { FlowferryError } from './lib/errors/flowferry-error.ts';
import { parseSavedPlan, type SavedPlan } from './lib/plan/saved-plan.ts';

/**
 * A saved plan, from where the command was given.
 * @param environment the command's argument; it must be the plan's
 * @throws FlowferryError PLAN_FILE_MISSING, PLAN_FILE_UNREADABLE, PLAN_OTHER_ENVIRONMENT, and what `parseSavedPlan` throws
 */
export async function readPlanFile(path: string, environment: string | undefined): Promise<SavedPlan> {
	const saved = parseSavedPlan(await readText(path), path);
	if (environment === undefined || environment === saved.environment) return saved;
	throw new FlowferryError({
		code: 'PLAN_OTHER_ENVIRONMENT',
		message: `The plan ${path} is for ${saved.environment}, not for ${environment}`,
		hint: `Leave the environment out, or make a plan for it: flowferry plan ${environment} --out FILE.`,
	});
}

async function readText(path: string): Promise<string> {
	try {
		return await readFile(resolve(workingFolder(), path), 'utf8');
	} catch (cause) {
		const { code } = cause as NodeJS.ErrnoException;
		const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
		throw new FlowferryError({
			code: isMissing ? 'PLAN_FILE_MISSING' : 'PLAN_FILE_UNREADABLE',
			message: isMissing ? `There is no plan ${path}` : `The plan ${path} cannot be read (${code})`,
			hint: 'Name a file that `flowferry plan --out` has written.',
			cause,
		});
	}
}
