import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version that the numbers of docs/benchmarks.md come from. */
export const nrlintVersion = '1.2.0';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** The path of nrlint's command; installed from npm on the first call, into a cache that `npm ci` empties. It is no dependency. */
export function findNrlint(): string {
	const installed = join(modules, 'nrlint', 'bin', 'nrlint.js');
	if (existsSync(installed)) return installed;
	const cache = join(modules, '.cache', `flowferry-bench-nrlint-${nrlintVersion}`);
	const cached = join(cache, 'node_modules', 'nrlint', 'bin', 'nrlint.js');
	if (!existsSync(cached)) {
		process.stderr.write(`Installing nrlint ${nrlintVersion} from npm …\n`);
		mkdirSync(cache, { recursive: true });
		writeFileSync(join(cache, 'package.json'), '{ "private": true }\n');
		execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `nrlint@${nrlintVersion}`], {
			cwd: cache,
			stdio: 'inherit',
		});
	}
	return cached;
}

/** Writes nrlint's default configuration, as its own `--init` prints it, with or without its ESLint rule; gives the path. */
export function writeNrlintConfig(nrlint: string, folder: string, withEslint: boolean): string {
	const defaults = execFileSync(process.execPath, [nrlint, '--init'], { encoding: 'utf8' });
	const path = join(folder, withEslint ? 'nrlint-all.cjs' : 'nrlint-without-eslint.cjs');
	writeFileSync(path, withEslint ? defaults : `${defaults}\ndelete module.exports.rules['function-eslint'];\n`);
	return path;
}
