import type { UserCommand } from '../../../src/lib/adapters/user-command.ts';
import type { CutoverContext } from '../../../src/lib/cutover/context.ts';
import { emptyReport } from '../../../src/lib/cutover/context.ts';
import { runEndHook, withHooks } from '../../../src/lib/cutover/hooks.ts';
import type { StrategyActions } from '../../../src/lib/cutover/run.ts';
import type { Step } from '../../../src/lib/promotion/machine.ts';
import { steps } from '../../../src/lib/promotion/machine.ts';

const release = (number: number) => ({ number, snapshot: 'a'.repeat(64), created: '2026-01-01T00:00:00.000Z' });
const every = (word: string) => Object.fromEntries(steps.map((step) => [step, `${word} ${step}`]));

interface Scenario {
	/** Commands that fail. */
	failing?: string[];
	failAt?: Step;
	insists?: boolean;
	kind?: CutoverContext['kind'];
	because?: string;
}

/** What ran, in order: `begin <command>` by its text, and each step by its name. */
function play({ failing = [], failAt, insists = true, kind = 'promote', because }: Scenario) {
	const ran: string[] = [];
	const seen: Record<string, string>[] = [];
	const context = {
		kind,
		from: { slot: 'blue', release: release(1) },
		to: { slot: 'green', release: release(2) },
		...(because === undefined ? {} : { because }),
		environment: {
			name: 'production',
			host: '0.0.0.0',
			port: 8080,
			timeouts: { hookMs: 1234 },
			hooks: { before: every('before'), after: every('after'), promoted: 'promoted', rolledBack: 'rolledBack' },
		},
		target: { instances: async () => [], router: { status: async () => null } },
		progress: () => {},
		insists,
		report: emptyReport(),
		runCommand: async ({ command, variables, timeoutMs }: UserCommand) => {
			expect(timeoutMs).toBe(1234);
			ran.push(command);
			seen.push(variables);
			return { passed: !failing.includes(command), how: 'exited with status 1', lastLines: ['said so'] };
		},
	} as unknown as CutoverContext;
	const act = (step: Step) => async () => {
		ran.push(step);
		if (step === failAt) throw new Error(`${step} broke`);
	};
	const actions = { steps: Object.fromEntries(steps.map((step) => [step, act(step)])), compensations: {} } as unknown as StrategyActions;
	return { ran, seen, context, hooked: withHooks(actions, context) };
}

describe('hooks', () => {
	it('run before and after each step; the one before release at the end of verify', async () => {
		const { ran, hooked } = play({});
		for (const step of steps) await hooked.steps[step]();
		expect(ran.slice(0, 6)).toEqual(['before prepare', 'prepare', 'after prepare', 'before validate', 'validate', 'after validate']);
		expect(ran.slice(-6)).toEqual(['before verify', 'verify', 'after verify', 'before release', 'release', 'after release']);
	});

	it.each(['before hold', 'after hold'])('make their step fail where they do: %s', async (command) => {
		const { hooked } = play({ failing: [command] });
		await expect(hooked.steps.hold()).rejects.toThrow(`the hook ${command} failed: it exited with status 1\n  said so`);
	});

	it('before release fails verify, which can be undone', async () => {
		const { hooked } = play({ failing: ['before release'] });
		await expect(hooked.steps.verify()).rejects.toThrow('before release');
		await expect(hooked.steps.release()).resolves.toBeUndefined();
	});

	it('after release is a warning', async () => {
		const { hooked, context } = play({ failing: ['after release'] });
		await hooked.steps.release();
		expect(context.report.remarks).toEqual([expect.stringContaining('the hook after release failed')]);
	});

	it('after a step that failed are told so, and hide nothing', async () => {
		const { hooked, seen, context } = play({ failAt: 'drain', failing: ['after drain'] });
		await expect(hooked.steps.drain()).rejects.toThrow('drain broke');
		expect(seen.at(-1)).toMatchObject({ FLOWFERRY_STEP: 'drain', FLOWFERRY_OUTCOME: 'failed', FLOWFERRY_RELEASE: '2' });
		expect(context.report.remarks).toHaveLength(1);
	});

	it('stop nothing where it goes back by itself', async () => {
		const { hooked, context } = play({ failing: ['before hold', 'after hold'], insists: false });
		await hooked.steps.hold();
		expect(context.report.remarks).toHaveLength(2);
	});

	it.each([
		['a promotion that came through', { kind: 'baking' }, 'promote', 'promoted', ''],
		['one that was undone', { kind: 'rolled back', failed: 'verify', cause: 'why' }, 'promote', 'rolledBack', 'why'],
		['a rollback', { kind: 'baking' }, 'rollback', 'rolledBack', 'because'],
	] as const)('at the end tell of %s', async (_, state, kind, command, cause) => {
		const { ran, seen, context } = play({ kind, ...(kind === 'rollback' ? { because: 'because' } : {}) });
		await runEndHook(context, state);
		expect(ran).toEqual([command]);
		expect(seen[0]).toMatchObject({ FLOWFERRY_CAUSE: cause, FLOWFERRY_STEP: '', FLOWFERRY_GATEWAY_URL: 'http://localhost:8080' });
	});

	it('at the end say nothing where an operator is needed', async () => {
		const { ran, context } = play({});
		await runEndHook(context, { kind: 'needs operator', failed: 'verify', cause: 'x', reason: 'y' });
		expect(ran).toEqual([]);
	});
});
