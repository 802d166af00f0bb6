import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endChild } from '../../demo/child.ts';
import type { LoadCounts, LoadOptions } from './load.ts';

/** What the bench asks of the meter's process; one at a time, each gets one reply. */
export type MeterCall = { call: 'start'; options: LoadOptions } | { call: 'aim'; httpUrl: string } | { call: 'finish' };
export type MeterReply = { ok: true; value?: LoadCounts } | { ok: false; error: string };

/** Puts a load on flows and counts what becomes of it, in a process of its own. One load at a time. */
export interface Meter {
	/** Resolves when the flows pass messages on. */
	start(options: LoadOptions): Promise<void>;
	/** HTTP is served elsewhere from now on. */
	aim(httpUrl: string): Promise<void>;
	finish(): Promise<LoadCounts>;
	stop(): Promise<void>;
}

export function startMeter(signal: AbortSignal): Meter {
	const child = fork(fileURLToPath(new URL('meter-process.ts', import.meta.url)));
	const ended = once(child, 'exit').then(() => [{ ok: false, error: 'the meter has ended' }]);
	const ask = async (call: MeterCall): Promise<LoadCounts | undefined> => {
		child.send(call);
		const [reply] = (await Promise.race([once(child, 'message', { signal }), ended])) as [MeterReply];
		if (!reply.ok) throw new Error(reply.error);
		return reply.value;
	};
	return {
		start: async (options) => void (await ask({ call: 'start', options })),
		aim: async (httpUrl) => void (await ask({ call: 'aim', httpUrl })),
		finish: async () => (await ask({ call: 'finish' })) as LoadCounts,
		stop: () => endChild(child),
	};
}
