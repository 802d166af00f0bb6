import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { packageRoot } from '../../../adapters/package-root.ts';
import { ExitStatus } from '../../../errors/exit-status.ts';
import { FlowferryError } from '../../../errors/flowferry-error.ts';

/** Of what is built, by the folder in the package: where it goes below `/flowferry`. */
const FOLDERS = { 'dist/container': 'dist', 'dist/agent': 'dist/agent' };

/** What runner and keeper read at run time; and what a build runs. */
const TEMPLATES = ['settings.cjs', 'haproxy.cfg', 'docker/prepare-runtime.cjs'];

/** Files of a runtime image by their path below `/flowferry`, and the version of flowferry that they are of. */
export interface RuntimeFiles {
	version: string;
	files: ReadonlyMap<string, Buffer>;
}

/** Reads what this flowferry brings into a runtime image. @throws FlowferryError PROGRAM_MISSING */
export async function readRuntimeFiles(): Promise<RuntimeFiles> {
	const root = packageRoot();
	const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
	const files = new Map<string, Buffer>();
	// By its name the programs find their root; without its type they would not be modules.
	files.set('package.json', Buffer.from(`${JSON.stringify({ name: 'flowferry', version, type: 'module' })}\n`));
	for (const [from, to] of Object.entries(FOLDERS)) {
		const folder = join(root, from);
		if (!existsSync(folder)) throw programMissing(folder);
		for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
			const file = join(entry.parentPath, entry.name);
			const isProgram = entry.isFile() && !entry.name.endsWith('.d.ts');
			if (isProgram) files.set(`${to}/${relative(folder, file).split(sep).join('/')}`, await readFile(file));
		}
	}
	for (const name of TEMPLATES) files.set(`templates/${name}`, await readFile(join(root, 'templates', name)));
	return { version, files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function programMissing(path: string): FlowferryError {
	return new FlowferryError({
		code: 'PROGRAM_MISSING',
		message: `${path} is missing`,
		hint: 'Run `npm run build` in a checkout; install the package again elsewhere.',
		exitStatus: ExitStatus.internal,
	});
}
