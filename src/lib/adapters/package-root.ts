import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';

/** The folder of the installed package (or of the checkout): the nearest one upwards whose package.json is flowferry's. */
export function packageRoot(): string {
	let folder = dirname(fileURLToPath(import.meta.url));
	while (!isPackageRoot(folder)) {
		const parent = dirname(folder);
		if (parent === folder) throw new Error(`no package.json of flowferry above ${import.meta.url}`);
		folder = parent;
	}
	return folder;
}

/** The built entry of one of the package's long-lived programs, whether the caller runs from `src` or from `dist`. */
export function programPath(program: 'gateway' | 'runner' | 'waker'): string {
	const path = join(packageRoot(), 'dist', program, 'main.js');
	if (existsSync(path)) return path;
	throw new FlowferryError({
		code: 'PROGRAM_MISSING',
		message: `${path} is missing`,
		hint: 'Run `npm run build` in a checkout; install the package again elsewhere.',
		exitStatus: ExitStatus.internal,
	});
}

function isPackageRoot(folder: string): boolean {
	try {
		return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name === 'flowferry';
	} catch {
		return false;
	}
}
