import { Agent, type ClientRequest, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPace } from '../../demo/traffic/pace.ts';

/** What a run of requests came to. */
export interface LoadResult {
	answered: number;
	failed: number;
	/** Not sent because too many were unanswered. */
	skipped: number;
	/** Answered in a second, over the time until the last answer. */
	perSecond: number;
	/** In milliseconds. */
	p50: number;
	p99: number;
}

/** More at once, and it is the queue that is measured. */
const mostUnderWay = 500;

/** Asks at a steady rate, whether or not answers come: who waits for them would hide that they are slow. */
export async function load(url: string, { perSecond, seconds }: { perSecond: number; seconds: number }): Promise<LoadResult> {
	const agent = new Agent({ keepAlive: true, maxSockets: mostUnderWay });
	const times: number[] = [];
	let failed = 0;
	let skipped = 0;
	let underWay = 0;
	const began = performance.now();
	const pace = startPace(perSecond, () => {
		if (underWay >= mostUnderWay) {
			skipped++;
			return true;
		}
		underWay++;
		const asked = performance.now();
		ask(url, agent)
			.then(
				(isGood) => (isGood ? times.push(performance.now() - asked) : failed++),
				() => failed++,
			)
			.finally(() => underWay--);
		return true;
	});
	await sleep(seconds * 1000);
	pace.stop();
	for (let waited = 0; underWay > 0 && waited < 10_000; waited += 10) await sleep(10);
	const took = (performance.now() - began) / 1000;
	agent.destroy();
	const sorted = times.toSorted((one, other) => one - other);
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
	return { answered: times.length, failed: failed + underWay, skipped, perSecond: times.length / took, p50: at(0.5), p99: at(0.99) };
}

function ask(url: string, agent: Agent): Promise<boolean> {
	return new Promise((resolve, reject) => {
		request(url, { agent, timeout: 10_000 }, (response) => {
			response.on('error', reject).on('end', () => resolve(response.statusCode === 200));
			response.resume();
		})
			.on('timeout', function timedOut(this: ClientRequest) {
				this.destroy(new Error('no answer'));
			})
			.on('error', reject)
			.end();
	});
}
