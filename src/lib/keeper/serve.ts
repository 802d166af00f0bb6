import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { effectOf, type KeeperApi } from './api.ts';
import { type AnswerLine, type CallLine, decodeLine, encodeLine, wireError } from './wire.ts';

/** Answers calls until the input ends; each as soon as it can be, whatever others still take. */
export async function serveSession(api: KeeperApi, input: Readable, output: Writable): Promise<void> {
	for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
		const call = decodeLine<CallLine>(line);
		void answer(api, call).then((answered) => output.write(encodeLine(answered)));
	}
}

async function answer(api: KeeperApi, { id, on, call, args }: CallLine): Promise<AnswerLine> {
	try {
		if (effectOf(on, call) === undefined) throw new Error(`the keeper has no call ${on}.${call}: it is of another version of flowferry`);
		const part = api[on as keyof KeeperApi] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
		return { id, ok: true, result: await part[call]?.(...args) };
	} catch (error) {
		return { id, ok: false, error: wireError(error) };
	}
}
