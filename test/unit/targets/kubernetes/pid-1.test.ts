import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { PID_1 } from '../../../../src/lib/targets/kubernetes/pid-1.ts';
import { until } from '../../../support/until.ts';

const UNSHARE = '/usr/bin/unshare';
/** A process namespace of one's own, by a user namespace where the test does not run as root. */
const inNamespace = [
	UNSHARE,
	...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
	'--pid',
	'--fork',
	'--kill-child',
	'--mount-proc',
];

let running: ChildProcess | null = null;
afterEach(() => running?.kill('SIGKILL'));

/** Runs a program as the child of the first process of a namespace, and reads its lines. */
function start(program: string): { child: ChildProcess; lines: string[]; ended: Promise<[number | null, NodeJS.Signals | null]> } {
	const [command = '', ...args] = [...inNamespace, ...PID_1, process.execPath, '-e', program];
	const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
	running = child;
	const lines: string[] = [];
	createInterface(child.stdout).on('line', (line) => lines.push(line));
	return { child, lines, ended: once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]> };
}

/** The children of the first process, as the namespace's own process list has them. */
const printProcesses = `
	const { readdirSync, readFileSync } = require('node:fs');
	const stats = () => readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).flatMap((pid) => {
		try { return [readFileSync('/proc/' + pid + '/stat', 'utf8').replace(/\\(.*\\)/s, '-').split(' ')]; } catch { return []; }
	});
	const ofFirst = () => stats().filter(([, , , parent]) => parent === '1').map(([pid, , state]) => pid + state);
`;

(existsSync(UNSHARE) ? describe : describe.skip)('the first process of a container', () => {
	it('reaps what the program leaves behind', async () => {
		const { lines, ended } = start(`${printProcesses}
			const { spawn } = require('node:child_process');
			// Each ends after its parent has: an orphan, whose parent the first process becomes.
			for (let count = 0; count < 5; count++) spawn('/bin/sh', ['-c', 'sleep 1 & exit 0']);
			let most = 0;
			const look = setInterval(() => {
				most = Math.max(most, ofFirst().length);
				if (most < 4 || ofFirst().length > 1) return;
				clearInterval(look);
				console.log('adopted', most > 3, 'left', ofFirst().length);
			}, 10);
		`);
		expect(await ended).toEqual([0, null]);
		expect(lines).toEqual(['adopted true left 1']);
	});

	it('passes TERM on, and waits for the end of what it was passed to, however often it comes', async () => {
		const { child, lines, ended } = start(`
			let terms = 0;
			process.on('SIGTERM', () => {
				console.log('term');
				if (++terms === 2) setTimeout(() => process.exit(7), 200);
			});
			setInterval(() => {}, 1000);
			console.log('up', process.ppid);
		`);
		await until(() => lines.length === 1, 'it is up');
		expect(lines).toEqual(['up 1']);
		// The first process, by its number outside.
		const first = await firstOf(child);
		process.kill(first, 'SIGTERM');
		await until(() => lines.length === 2, 'the first TERM came');
		process.kill(first, 'SIGTERM');
		expect(await ended).toEqual([7, null]);
		expect(lines).toEqual(['up 1', 'term', 'term']);
	});

	it.each([
		['exits', 'process.exit(3)', 3],
		['is killed', "process.kill(process.pid, 'SIGKILL')", 137],
	])('ends as the program does that %s, and all the rest with it', async (_, how, status) => {
		const { ended } = start(`
			require('node:child_process').spawn('/bin/sleep', ['1000'], { detached: true, stdio: 'inherit' }).unref();
			setTimeout(() => { ${how}; }, 100);
		`);
		// The output closes when its last holder has ended: the one that sleeps.
		expect(await ended).toEqual([status, null]);
	});
});

async function firstOf(unshare: ChildProcess): Promise<number> {
	const children = await readFile(`/proc/${unshare.pid}/task/${unshare.pid}/children`, 'utf8');
	return Number(children.trim().split(' ')[0]);
}
