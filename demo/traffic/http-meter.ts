import { Agent, request as open } from 'node:http';
import { text } from 'node:stream/consumers';
import { startPace } from './pace.ts';

export interface HttpCounts {
	/** Answered or failed. */
	requests: number;
	/** No answer, a status other than 200, or the answer to another question. */
	failed: number;
	slowestMs: number;
	/** Sent and not answered yet. */
	underWay: number;
	/** Why the first few failed. */
	failures: string[];
}

/** Asks the flows' HTTP routes at a steady rate, over connections that are kept alive. */
export interface HttpMeter {
	read(): HttpCounts;
	/** Asks no more. */
	pause(): void;
	/** Pauses and waits for the answers that are under way; the request time-out bounds it. */
	settle(): Promise<HttpCounts>;
}

export interface MeterRequest {
	url: string;
	/** Sent as JSON by POST; without it: GET. */
	body?: object;
}

export interface HttpMeterOptions {
	/** The request with this number; the right answer is JSON with the same number as `seq`. */
	request: (seq: number) => MeterRequest;
	perSecond: number;
	/** Requests under way at once; past it the next one waits. */
	concurrency?: number;
	timeoutMs?: number;
}

const KEPT_FAILURES = 5;

export function startHttpMeter(options: HttpMeterOptions): HttpMeter {
	const { request, perSecond, concurrency = 500, timeoutMs = 30_000 } = options;
	const agent = new Agent({ keepAlive: true });
	const underWay = new Set<Promise<void>>();
	const failures: string[] = [];
	let requests = 0;
	let failed = 0;
	let slowestMs = 0;

	const send = async (seq: number) => {
		const startedMs = performance.now();
		const failure = await ask(request(seq), { seq, agent, timeoutMs });
		requests++;
		slowestMs = Math.max(slowestMs, performance.now() - startedMs);
		if (failure === undefined) return;
		failed++;
		if (failures.length < KEPT_FAILURES) failures.push(failure);
	};
	const pace = startPace(perSecond, (seq) => {
		if (underWay.size >= concurrency) return false;
		const sent = send(seq).finally(() => underWay.delete(sent));
		underWay.add(sent);
		return true;
	});
	const read = () => ({ requests, failed, slowestMs: Math.round(slowestMs), underWay: underWay.size, failures: [...failures] });
	return {
		read,
		pause: () => pace.stop(),
		async settle() {
			pace.stop();
			await Promise.all(underWay);
			agent.destroy();
			return read();
		},
	};
}

/** @returns why it failed, or undefined where the right answer came */
async function ask(request: MeterRequest, options: { seq: number; agent: Agent; timeoutMs: number }): Promise<string | undefined> {
	const { seq } = options;
	try {
		const { status, body } = await exchange(request, options);
		if (status !== 200) return `request ${seq}: status ${status}: ${body.slice(0, 200)}`;
		const answer = JSON.parse(body) as { seq?: unknown };
		return answer.seq === seq ? undefined : `request ${seq}: the answer is for ${String(answer.seq)}`;
	} catch (error) {
		return `request ${seq}: ${(error as Error).message}`;
	}
}

/** By node:http: hundreds a second by fetch would keep the meter itself busy. */
function exchange({ url, body }: MeterRequest, { agent, timeoutMs }: { agent: Agent; timeoutMs: number }) {
	return new Promise<{ status: number; body: string }>((resolve, reject) => {
		const signal = AbortSignal.timeout(timeoutMs);
		const posting = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
		const sent = open(url, { agent, signal, ...(body && posting) }, (response) => {
			text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
		});
		sent.on('error', reject).end(body && JSON.stringify(body));
	});
}
