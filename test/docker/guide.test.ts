import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import Docker from 'dockerode';
import { runCli } from '../support/cli.ts';
import { describeWithDockerAnd } from '../support/describe-with-docker.ts';
import { freePort } from '../support/gateway.ts';
import { buildHaproxyImage } from '../support/haproxy-image.ts';

jest.setTimeout(600_000);

const root = fileURLToPath(new URL('../..', import.meta.url));
const TEN_MINUTES_MS = 600_000;
const PREFIX = 'flowferry-production';

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

describeWithDockerAnd('docker-compose', 'the guide from compose to flowferry', () => {
	const docker = new Docker();
	let folder: string;
	let images: Set<string>;
	const tagged: string[] = [];
	/** The guide's own. */
	const snapshots = new Set<string>();

	const imageIds = async () => new Set((await docker.listImages()).map(({ Id }) => Id));
	const isThere = (image: string) =>
		docker
			.getImage(image)
			.inspect()
			.then(
				() => true,
				() => false,
			);

	beforeAll(async () => {
		// The guide's names are those that a user's own production has by default.
		const found = await docker.listContainers({ all: true, filters: { name: [`^/${PREFIX}-`] } });
		if (found.length > 0) throw new Error(`this engine has containers called ${PREFIX}-… already: the guide is not tried here`);
		folder = await mkdtemp(join(tmpdir(), 'ffw-guide-'));
		images = await imageIds();
		for (const image of ['haproxy:lts', 'nodered/node-red:5']) {
			if (await isThere(image)) continue;
			if (image !== 'haproxy:lts') throw new Error(`this test needs the image ${image}`);
			tagged.push(await buildHaproxyImage(docker, image));
		}
	});

	afterAll(async () => {
		// Where all went well, nothing of this is left.
		const left = await docker.listContainers({ all: true, filters: { name: [`^/${PREFIX}-`, `^/${basename(folder).toLowerCase()}_`] } });
		for (const { Id } of left) await docker.getContainer(Id).remove({ force: true, v: true });
		const things = [
			docker.getNetwork(PREFIX),
			docker.getNetwork(`${basename(folder).toLowerCase()}_default`),
			docker.getVolume(`${PREFIX}-state`),
		];
		const removed = await Promise.all(things.map((thing) => thing.remove().then(...whetherThere)));
		for (const { Id, Labels } of await docker.listImages({ filters: { label: ['org.flowferry.snapshot'] } })) {
			if (!images.has(Id) && snapshots.has(Labels['org.flowferry.snapshot'] ?? '')) await docker.getImage(Id).remove({ force: true });
		}
		for (const image of tagged) await docker.getImage(image).remove();
		await rm(folder, { recursive: true });
		expect(left.map(({ Names }) => Names)).toEqual([]);
		expect(removed).toEqual([false, false, false]);
	});

	it('does what it promises, in less than ten minutes', async () => {
		const ports = { 1880: await freePort(), 8080: await freePort() };
		const here = (text: string) =>
			text
				.replaceAll('127.0.0.1:1880', `127.0.0.1:${ports[1880]}`)
				.replaceAll(/127\.0\.0\.1:8080|port: 8080/g, (found) => found.replace('8080', String(ports[8080])));
		const steps = stepsOf(here(await readFile(join(root, 'docs/guides/from-compose-to-flowferry.md'), 'utf8')));
		expect(steps.filter((step) => 'commands' in step).length).toBeGreaterThan(8);
		const begun = performance.now();
		const shell = openShell(folder);
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
			const answers = (await readFile(join(folder, 'answers.txt'), 'utf8')).trim().split('\n');
			expect(new Set(answers)).toEqual(new Set(['version 1', 'version 2']));
			const tookMs = performance.now() - begun;
			process.stderr.write(`The guide took ${Math.round(tookMs / 1000)} s, with ${answers.length} requests during the change.\n`);
			expect(tookMs).toBeLessThan(TEN_MINUTES_MS);
		} finally {
			await shell.close();
			const listed = (await runCli(['snapshot', 'list', '--json'], { cwd: folder, env: { HOME: folder } })).json();
			for (const { id } of listed.snapshots) snapshots.add(id);
		}
	});
});

/** Whether there was one to remove. */
const whetherThere = [() => true, () => false] as const;

/** One bash for all blocks, as a reader has one: variables and what runs in the background stay. */
function openShell(cwd: string) {
	const setup = [
		`flowferry() { '${process.execPath}' '${join(root, 'bin/run.js')}' "$@"; }`,
		// Debian's compose is a program of its own.
		'docker() { if [ "$1" = compose ]; then shift; docker-compose "$@"; else command docker "$@"; fi; }',
		'exec 2>&1',
	].join('\n');
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
