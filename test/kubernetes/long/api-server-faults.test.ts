import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { systemClock } from '../../../src/lib/adapters/clock.ts';
import type { LeaseTiming } from '../../../src/lib/lease/lease.ts';
import { type ApiProxy, startApiProxy } from '../../support/api-proxy.ts';
import { describeWithOwnApiServer } from '../../support/describe-with-kubernetes.ts';
import { leaseStoreAt } from '../../support/kubernetes-leases.ts';
import { type OwnApiServer, startOwnApiServer } from '../../support/own-api-server.ts';
import { longestOverlap, type SeatWorker, type Span, startSeatWorker } from '../../support/seat-workers.ts';
import { until } from '../../support/until.ts';

// Outages take their time, and so does the start of an API server on a busy machine.
jest.setTimeout(240_000);

/** The defaults of an environment. */
const timing: LeaseTiming = { ttlMs: 2000, renewDeadlineMs: 1500, retryMs: 500 };
const ANSWER_MS = 1000;
/** Long enough that whoever is active cannot be any more. */
const OUTAGE_MS = 4500;

describeWithOwnApiServer('two that contend for a seat, and an API server that fails', () => {
	const { nowMs } = systemClock();
	let server: OwnApiServer;
	let proxy: ApiProxy;
	let folder: string;
	let proxied: string;
	let round = 0;
	let workers: SeatWorker[] = [];

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-seat-'));
		server = await startOwnApiServer();
		proxy = await startApiProxy(await readFile(server.kubeconfig, 'utf8'));
		proxied = join(folder, 'kubeconfig');
		await writeFile(proxied, proxy.kubeconfig);
	});
	afterAll(async () => {
		await proxy?.close();
		await server?.stop();
		await rm(folder, { recursive: true });
	});
	afterEach(async () => {
		proxy.go();
		proxy.slow(0);
		proxy.throttle(0);
		for (const worker of workers.splice(0)) await worker.end();
	});

	/** Two workers of a new environment, one of which is active. */
	const begin = async (options: { kubeconfig: string; handsOverMs?: number }) => {
		const place = { namespace: 'default', prefix: `e${++round}`, answerMs: ANSWER_MS };
		const store = leaseStoreAt({ ...place, kubeconfig: server.kubeconfig, answerMs: 10_000, watches: false });
		await store.createLeases(['active']);
		store.close();
		const there = { kind: 'kubernetes', ...place, kubeconfig: options.kubeconfig, watches: true } as const;
		const start = (names: [string, string]) => startSeatWorker(there, timing, names, options.handsOverMs ?? 0);
		workers = [start(['blue', 'green']), start(['green', 'blue'])];
		await until(() => workers.some(isActive), 'one is active', 90_000);
	};
	const lastEnd = ({ spans }: SeatWorker) => spans.at(-1)?.toMs ?? Number.NEGATIVE_INFINITY;
	const isActive = (worker: SeatWorker) => worker.begunMs() > lastEnd(worker);
	const activeAgain = async (since: number) =>
		await until(() => workers.some((one) => one.begunMs() > since), 'one is active again', 60_000);
	const finish = async (): Promise<Span[]> => {
		for (const worker of workers) await worker.end();
		const spans = workers.flatMap((worker) => worker.spans).toSorted((a, b) => a.fromMs - b.fromMs);
		expect(longestOverlap(spans)).toBe(0);
		// Whoever loses its lease before it has ended may get it again: the same token, the same holder.
		const grants = [...new Set(spans.map(({ token, holder }) => `${token} ${holder}`))].map((grant) => Number.parseInt(grant, 10));
		expect(grants).toEqual([...new Set(grants)].toSorted((a, b) => a - b));
		return spans;
	};
	/** Nobody worked within this time. */
	const expectNobody = (spans: Span[], fromMs: number, toMs: number) =>
		expect(spans.filter((span) => span.fromMs < toMs && span.toMs > fromMs)).toEqual([]);
	const report = (what: string, spans: Span[]) =>
		process.stdout.write(`${what}: ${spans.length} spans of activity, longest overlap ${longestOverlap(spans)} ms\n`);

	it('frozen (SIGSTOP) for longer than the ttl: nobody is active, and one is again afterwards', async () => {
		await begin({ kubeconfig: server.kubeconfig });
		await sleep(1500);
		const frozen = nowMs();
		server.freeze();
		await sleep(OUTAGE_MS);
		const thawed = nowMs();
		server.thaw();
		await activeAgain(thawed);
		await sleep(3000);
		const spans = await finish();
		expectNobody(spans, frozen + timing.renewDeadlineMs + 50, thawed);
		report('frozen', spans);
	});

	it('killed and started again: nobody is active meanwhile, and one is again afterwards', async () => {
		await begin({ kubeconfig: server.kubeconfig });
		await sleep(1500);
		await server.kill();
		const killed = nowMs();
		await sleep(OUTAGE_MS);
		const starts = nowMs();
		await server.start();
		await activeAgain(starts);
		await sleep(3000);
		const spans = await finish();
		expectNobody(spans, killed + timing.renewDeadlineMs + 50, starts);
		report('killed and restarted', spans);
	});

	it('away for less than the renew deadline: the same stays active', async () => {
		await begin({ kubeconfig: server.kubeconfig });
		await sleep(1200);
		for (let times = 0; times < 3; times++) {
			server.freeze();
			await sleep(500);
			server.thaw();
			await sleep(1500);
		}
		const spans = await finish();
		expect(new Set(spans.map(({ token }) => token)).size).toBe(1);
		report('away for 500 ms, three times', spans);
	});

	it('slow, in both directions: hand-overs and renewals do not overlap', async () => {
		await begin({ kubeconfig: proxied, handsOverMs: 1500 });
		for (const ms of [50, 150, 300, 700, 0]) {
			proxy.slow(ms);
			await sleep(3000);
		}
		const spans = await finish();
		expect(spans.length).toBeGreaterThan(3);
		report('slow', spans);
	});

	it('throttled (429): the holder stays active while some requests get through, and nobody is where none does', async () => {
		await begin({ kubeconfig: proxied });
		proxy.throttle(0.5);
		await sleep(6000);
		proxy.throttle(0);
		expect(workers.reduce((count, { spans }) => count + spans.length, 0)).toBeLessThanOrEqual(1);
		await until(() => workers.some(isActive), 'one is active');
		const throttled = nowMs();
		proxy.throttle(1, '1');
		await sleep(OUTAGE_MS);
		const free = nowMs();
		proxy.throttle(0);
		await activeAgain(free);
		const spans = await finish();
		expectNobody(spans, throttled + timing.renewDeadlineMs + 50, free);
		report('throttled', spans);
	});

	it('a holder that is frozen: the other takes over, and the first does nothing when it wakes', async () => {
		await begin({ kubeconfig: server.kubeconfig });
		const [active, spare] = isActive(workers[0]!) ? [workers[0]!, workers[1]!] : [workers[1]!, workers[0]!];
		const stopped = nowMs();
		active.process.kill('SIGSTOP');
		await until(() => spare.begunMs() > stopped, 'the spare is active', 30_000);
		const tookMs = spare.begunMs() - stopped;
		await sleep(500);
		active.process.kill('SIGCONT');
		await sleep(1500);
		const spans = await finish();
		report(`frozen holder, the spare active ${tookMs} ms later`, spans);
	});

	it('dead holder: the spare is active a ttl later', async () => {
		await begin({ kubeconfig: server.kubeconfig });
		await sleep(1000);
		const [active, spare] = isActive(workers[0]!) ? [workers[0]!, workers[1]!] : [workers[1]!, workers[0]!];
		const killed = nowMs();
		active.process.kill('SIGKILL');
		await until(() => spare.begunMs() > killed, 'the spare is active', 30_000);
		const tookMs = spare.begunMs() - killed;
		// It could not tell of its end.
		active.spans.push({ holder: 'the dead', token: 0, fromMs: active.begunMs(), toMs: killed });
		const spans = await finish();
		expect(spans).toHaveLength(2);
		report(`dead holder, the spare active ${tookMs} ms later`, spans);
	});

	it('frozen while a hand-over is under way, again and again: no overlap', async () => {
		await begin({ kubeconfig: server.kubeconfig, handsOverMs: 300 });
		for (let times = 0; times < 8; times++) {
			await sleep(300 + Math.random() * 400);
			server.freeze();
			await sleep(Math.random() * 2500);
			server.thaw();
		}
		const thawed = nowMs();
		await activeAgain(thawed);
		const spans = await finish();
		expect(spans.length).toBeGreaterThan(2);
		report('frozen in the middle of hand-overs', spans);
	});
});
