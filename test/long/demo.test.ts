import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DemoResult } from '../../demo/contract.ts';
import { findProcessesIn } from '../support/processes.ts';

const program = fileURLToPath(new URL('../../demo/run.ts', import.meta.url));
const RUN_MS = 180_000;
const isLinux = process.platform === 'linux';
if (!isLinux) process.stderr.write('\n!!! SKIPPED: what the demo leaves running is only seen on Linux\n\n');
const seen = isLinux ? it : it.skip;

/** A demo under way, in a temp folder of its own. */
interface Run {
	child: ChildProcess;
	/** Resolves when this is on its standard error. */
	says(text: string): Promise<void>;
	ended: Promise<{ status: number | null; signal: NodeJS.Signals | null; result: DemoResult; stderr: string }>;
}

describe('npm run demo', () => {
	let folder: string;
	let run: Run | undefined;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-demo-test-'));
	});
	afterEach(async () => {
		if (run?.child.exitCode === null && run.child.signalCode === null) {
			run.child.kill('SIGTERM');
			await run.ended;
		}
		await rm(folder, { recursive: true, force: true });
	});

	seen(
		'carries two versions over and one back under traffic, and says what it cost',
		async () => {
			run = startDemo(folder, '--steady', '1');
			await run.says('flowferry rollback');
			expect((await findProcessesIn(folder)).length).toBeGreaterThan(3);
			const { status, result, stderr } = await run.ended;
			expect({ status, problems: result.problems, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, problems: [], stderr: '' });

			const promotion = { snapshot: expect.stringMatching(/^[0-9a-f]{64}$/), strategy: expect.any(String), gapMs: expect.any(Number) };
			expect(result).toEqual({
				outcome: 'promoted',
				mqtt: {
					published: expect.any(Number),
					received: result.mqtt!.published,
					lost: 0,
					duplicated: expect.any(Number),
					longestSilenceMs: expect.any(Number),
				},
				http: { requests: expect.any(Number), failed: 0, slowestMs: expect.any(Number) },
				promotions: [promotion, promotion],
				rollback: promotion,
				nodeRed: expect.stringMatching(/^5\./),
				problems: [],
			});
			expect(result.mqtt!.published).toBeGreaterThan(300);
			expect(result.http!.requests).toBeGreaterThan(150);
			const [first, second] = result.promotions!;
			expect(second!.snapshot).not.toBe(first!.snapshot);
			expect(result.rollback!.snapshot).toBe(first!.snapshot);
			await expectNothingLeft(folder);
		},
		RUN_MS,
	);

	seen(
		'leaves nothing after a Ctrl-C in the middle of a promotion, impatient ones too',
		async () => {
			run = startDemo(folder, '--steady', '1');
			await run.says("snapshot --message 'Orders v2'");
			await run.says('plan production');
			await run.says('promote production');
			run.child.kill('SIGINT');
			await run.says('Interrupted');
			run.child.kill('SIGINT');
			const { status, result } = await run.ended;
			expect(result).toEqual({ outcome: 'interrupted', problems: ['stopped by SIGINT'] });
			expect(status).toBe(130);
			await expectNothingLeft(folder);
		},
		RUN_MS,
	);

	seen(
		'leaves nothing when it is ended before production is there',
		async () => {
			run = startDemo(folder);
			await run.says('broker');
			run.child.kill('SIGTERM');
			const { status, result } = await run.ended;
			expect(result).toEqual({ outcome: 'interrupted', problems: ['stopped by SIGTERM'] });
			expect(status).toBe(143);
			await expectNothingLeft(folder);
		},
		RUN_MS,
	);

	it('refuses numbers that make no traffic', async () => {
		run = startDemo(folder, '--messages', '0');
		const { status, result } = await run.ended;
		expect(result).toEqual({ outcome: 'failed', problems: ["--messages must be a number above 0, not '0'"] });
		expect(status).toBe(1);
	});
});

function startDemo(folder: string, ...args: string[]): Run {
	const child = spawn(process.execPath, [program, '--json', ...args], {
		env: { ...process.env, TMPDIR: folder, NODE_DISABLE_COMPILE_CACHE: '1' },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let stdout = '';
	let stderr = '';
	let heard = 0;
	child.stdout!.on('data', (chunk) => {
		stdout += chunk;
	});
	child.stderr!.on('data', (chunk) => {
		stderr += chunk;
	});
	const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
	return {
		child,
		async says(text) {
			for (;;) {
				const at = stderr.indexOf(text, heard);
				if (at >= 0) {
					heard = at + text.length;
					return;
				}
				const more = await Promise.race([once(child.stderr!, 'data'), closed.then(() => undefined)]);
				if (more === undefined && !stderr.includes(text, heard)) throw new Error(`The demo ended without saying '${text}':\n${stderr}`);
			}
		},
		ended: closed.then(([status, signal]) => ({ status, signal, result: JSON.parse(stdout.trimEnd().split('\n').at(-1)!), stderr })),
	};
}

async function expectNothingLeft(folder: string): Promise<void> {
	expect(await readdir(folder)).toEqual([]);
	expect(await findProcessesIn(folder)).toEqual([]);
}
