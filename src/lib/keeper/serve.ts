import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { effectOf, type KeeperApi } from './api.ts';
import { type CallLine, decodeLine, encodeLine, onLines, wireError } from './wire.ts';

/**
 * Answers calls until the input ends; each as soon as it can be, whatever others still take.
 * @param opening where this fails, each call is answered with why
 * @throws SyntaxError where a line is no call
 */
export async function serveSession(opening: Promise<KeeperApi>, input: Readable, output: Writable): Promise<void> {
	opening.catch(() => {});
	onLines(input, (line) => {
		try {
			const call = decodeLine<CallLine>(line);
			void answer(opening, call).then((answered) => output.write(answered));
		} catch (error) {
			input.destroy(error as Error);
		}
	});
	await finished(input, { writable: false });
}

/** @returns its line */
async function answer(opening: Promise<KeeperApi>, { id, on, call, args }: CallLine): Promise<string> {
	try {
		if (effectOf(on, call) === undefined) throw new Error(`the keeper has no call ${on}.${call}: it is of another version of flowferry`);
		const part = (await opening)[on as keyof KeeperApi] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
		return encodeLine({ id, ok: true, result: await part[call]?.(...args) });
	} catch (error) {
		return encodeLine({ id, ok: false, error: wireError(error) });
	}
}
