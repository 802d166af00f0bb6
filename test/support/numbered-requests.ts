import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { startPace } from '../../demo/traffic/pace.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { node } from './project.ts';

/** A second. */
const RATE = 25;
const LIMIT_MS = 30_000;
const PATH = '/work';

/** What became of requests with a number each. */
export interface NumberedCounts {
	requests: number;
	/** By what: a status, or an error's name. */
	failed: Record<string, number>;
	/** Numbers that flows have worked on more than once. */
	doubled: number[];
	/** Numbers that were answered, and that no flow has worked on. */
	unworked: number[];
}

/** Sends requests, GET and POST by turns, and hears from the flows themselves which ones they have worked on. */
export interface NumberedRequests {
	/** They work on the requests, whichever release they are of. */
	flows: FlowNode[];
	/** @returns ends it, waits for what is under way, and counts */
	start(url: string): () => Promise<NumberedCounts>;
	close(): void;
}

/** @param host an address of this machine that instances reach */
export async function startNumberedRequests(host: string): Promise<NumberedRequests> {
	const socket = createSocket({ type: 'udp4', recvBufferSize: 1_000_000 });
	const worked = new Map<number, number>();
	let next = 0;
	socket.on('message', (text) => worked.set(Number(text), (worked.get(Number(text)) ?? 0) + 1));
	socket.bind(0, host);
	await once(socket, 'listening');
	const port = String(socket.address().port);
	const plain = { iface: '', outport: '', ipv: 'udp4', base64: false, multicast: 'false' };

	return {
		flows: [
			...(['get', 'post'] as const).map((method) => node(`work-${method}`, 'http in', { url: PATH, method, wires: [['work-do']] })),
			node('work-do', 'function', {
				func: 'const { number } = msg.req.query;\nmsg.payload = number;\nreturn [{ payload: number }, msg];',
				outputs: 2,
				wires: [['work-tell'], ['work-answer']],
			}),
			node('work-tell', 'udp out', { ...plain, addr: host, port }),
			node('work-answer', 'http response', {}),
		],
		start: (url) => {
			const first = next + 1;
			const failed: Record<string, number> = {};
			const answered: number[] = [];
			const underWay: Promise<void>[] = [];
			const ask = async (number: number) => {
				const method = number % 2 === 0 ? 'POST' : 'GET';
				const fault = await faultOf(
					`${url}${PATH}?number=${number}`,
					{ method, ...(method === 'POST' && { body: 'work' }) },
					String(number),
				);
				if (fault === null) answered.push(number);
				else failed[fault] = (failed[fault] ?? 0) + 1;
			};
			const pace = startPace(RATE, () => {
				underWay.push(ask(++next));
				return true;
			});
			return async () => {
				pace.stop();
				const last = next;
				await Promise.all(underWay);
				const doubled = [...worked].filter(([number, times]) => number >= first && number <= last && times > 1);
				return {
					requests: underWay.length,
					failed,
					doubled: doubled.map(([number]) => number),
					unworked: answered.filter((number) => !worked.has(number)),
				};
			};
		},
		close: () => socket.close(),
	};
}

/** Null where it is answered with what it should be. */
async function faultOf(url: string, init: RequestInit, expected: string): Promise<string | null> {
	try {
		const response = await fetch(url, { ...init, signal: AbortSignal.timeout(LIMIT_MS) });
		const text = await response.text();
		if (!response.ok) return String(response.status);
		return text === expected ? null : `answered with ${text}`;
	} catch (error) {
		const { name, cause } = error as Error & { cause?: { code?: string } };
		return cause?.code ?? name;
	}
}
