import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the guide has its reader do: a file to write, or commands with what they are to print. */
type Step = { file: string; text: string } | { commands: string; promised: string };

function stepsOf(page: string): Step[] {
	const steps: Step[] = [];
	for (const [, language, file, text = ''] of page.matchAll(/^```(\w+)(?: file=(\S+))?\n(.*?)^```$/gms)) {
		if (file !== undefined) steps.push({ file, text });
		else if (language === 'bash') steps.push({ commands: text, promised: '' });
		else (steps.at(-1) as { promised: string }).promised = text;
	}
	return steps;
}

/** Each promised line is printed, in this order; other lines may stand between. */
function unkept(promised: string, printed: string): string[] {
	const lines = printed.split('\n').map((line) => line.trim());
	return promised.split('\n').filter((promise) => {
		if (promise.trim() === '') return false;
		const literal = promise.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
		const pattern = new RegExp(`^${literal.replaceAll('…', '.*')}$`);
		const found = lines.findIndex((line) => pattern.test(line));
		if (found >= 0) lines.splice(0, found + 1);
		return found < 0;
	});
}

/**
 * Does what a guide says, as it stands: writes its files, runs its commands, and sees that they succeed and print what it promises.
 * @param page below `docs/guides`
 * @param setup lines for the shell, before all others
 * @param here puts what is this machine's in place of what the page says: ports
 * @returns how long it took
 */
export async function followGuide(page: string, folder: string, setup: string[], here: (text: string) => string): Promise<number> {
	const steps = stepsOf(here(await readFile(join(root, 'docs/guides', page), 'utf8')));
	expect(steps.filter((step) => 'commands' in step).length).toBeGreaterThan(8);
	const begun = performance.now();
	const shell = openShell(folder, setup);
	try {
		for (const step of steps) {
			if ('file' in step) {
				await mkdir(dirname(join(folder, step.file)), { recursive: true });
				await writeFile(join(folder, step.file), step.text);
				continue;
			}
			let printed = '';
			for (const command of step.commands.trim().split('\n')) {
				const { status, output } = await shell.run(command);
				printed += output;
				expect([command, output, status]).toEqual([command, output, 0]);
			}
			expect([step.commands, printed, unkept(step.promised, printed)]).toEqual([step.commands, printed, []]);
		}
		return performance.now() - begun;
	} finally {
		await shell.close();
	}
}

/** One bash for all blocks, as a reader has one: variables and what runs in the background stay. */
function openShell(cwd: string, lines: string[]) {
	const setup = [`flowferry() { '${process.execPath}' '${join(root, 'bin/run.js')}' "$@"; }`, ...lines, 'exec 2>&1'].join('\n');
	const child = spawn('bash', ['--noprofile', '--norc'], {
		cwd,
		env: { ...process.env, HOME: cwd, NO_COLOR: '1' },
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	let output = '';
	let heard = () => {};
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		output += text;
		heard();
	});
	child.stdin.write(`${setup}\n`);
	/** @returns what one line of commands prints, and its status */
	const run = (line: string) =>
		new Promise<{ status: number; output: string }>((resolve, reject) => {
			output = '';
			heard = () => {
				const end = /^@end (\d+)$/m.exec(output);
				if (end) resolve({ status: Number(end[1]), output: output.slice(0, end.index) });
			};
			child.once('exit', () => reject(new Error(`the shell ended at: ${line}\n${output}`)));
			// Commands read nothing of ours.
			child.stdin.write(`eval '${line.replaceAll("'", `'\\''`)}' < /dev/null\nprintf '\\n@end %s\\n' $?\n`);
		});
	const close = () =>
		new Promise<void>((resolve) => {
			child.once('close', () => resolve());
			child.stdin.end('kill $(jobs -p) 2> /dev/null\nexit 0\n');
			if (child.exitCode !== null) resolve();
		});
	return { run, close };
}
