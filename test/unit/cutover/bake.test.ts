import { bake } from '../../../src/lib/cutover/bake.ts';
import type { ReleaseActivity } from '../../../src/lib/cutover/compare-releases.ts';
import type { CutoverContext } from '../../../src/lib/cutover/context.ts';
import { emptyReport } from '../../../src/lib/cutover/context.ts';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';

const activity: ReleaseActivity = { spanMs: 300_000, received: 1000, errors: 0, longestSilenceMs: 1000, silentMs: 0 };

/** A release with one instance, whose runner says this at each asking. */
function contextOf(says: (asked: number) => { crashes?: number; state?: string; agent?: Partial<ReleaseActivity> }): CutoverContext {
	let asked = 0;
	const status = async () => {
		const { crashes = 0, state = 'active', agent = {} } = says(asked++);
		const { silentMs, ...recent } = { ...activity, ...agent };
		const report = { problems: [], recent, silentMs };
		return { instance: 'green/0', state, lease: { token: 1 }, url: 'http://127.0.0.1:1', crashes, agent: report, log: 'a.log' };
	};
	return {
		kind: 'promote',
		from: null,
		to: { slot: 'green', release: { number: 2, snapshot: 'a', created: '' } },
		environment: {
			mode: 'hot-spare',
			host: '127.0.0.1',
			port: 8080,
			checks: [],
			bake: { forMs: 500, checkEveryMs: 100 },
			errorRate: { factor: 5, minimum: 10 },
			timeouts: { verifyMs: 1000 },
		},
		target: { instances: async () => [{ name: 'green/0', status }] },
		progress: () => {},
		insists: true,
		report: { ...emptyReport(), before: activity },
	} as unknown as CutoverContext;
}

const goOn = async () => null;

describe('the bake time', () => {
	it('passes where nothing happens, with a last round at its end', async () => {
		const baked = await bake(
			contextOf(() => ({})),
			goOn,
		);
		expect(baked).toMatchObject({ outcome: 'passed', reason: null });
		expect(baked.durationMs).toBeGreaterThanOrEqual(500);
		expect(baked.rounds).toBeGreaterThanOrEqual(1);
	});

	it('fails where Node-RED has ended since it began, though it runs again', async () => {
		const baked = await bake(
			contextOf((asked) => ({ crashes: asked > 0 ? 1 : 0 })),
			goOn,
		);
		expect(baked).toMatchObject({ outcome: 'failed', rounds: 1, reason: expect.stringContaining('does not stay active') });
	});

	it('does not mind what had ended before', async () => {
		expect(
			await bake(
				contextOf(() => ({ crashes: 3 })),
				goOn,
			),
		).toMatchObject({ outcome: 'passed' });
	});

	it('fails where the errors are clearly more than before', async () => {
		const baked = await bake(
			contextOf(() => ({ agent: { received: 100, errors: 60 } })),
			goOn,
		);
		expect(baked).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('60 error(s) for 100 message(s)') });
	});

	it('fails where the flows stand still as they never did', async () => {
		const baked = await bake(
			contextOf(() => ({ agent: { silentMs: 20_000 } })),
			goOn,
		);
		expect(baked).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('no node has received a message for 20 s') });
	});

	it('tells the remedy of what failed', async () => {
		const baked = await bake(
			contextOf((asked) => {
				if (asked === 0) return {};
				throw new FlowferryError({ code: 'ENGINE_GONE', message: 'the engine does not answer', hint: 'start it' });
			}),
			goOn,
		);
		expect(baked).toMatchObject({ outcome: 'failed', reason: 'the engine does not answer; start it' });
	});

	it('ends when it is told to, between rounds too', async () => {
		const context = contextOf(() => ({}));
		context.environment.bake = { forMs: 3_600_000, checkEveryMs: 3_600_000 };
		let asked = 0;
		const baked = await bake(context, async () => (asked++ < 2 ? null : 'interrupted by SIGINT'));
		expect(baked).toMatchObject({ outcome: 'stopped', rounds: 0, reason: 'interrupted by SIGINT' });
	});
});
