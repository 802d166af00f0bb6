/** The meter as a process of its own: what the bench itself does stalls no counting. Ends with its parent. */
import { type Load, startLoad } from './load.ts';
import type { MeterCall, MeterReply } from './meter.ts';

let load: Load | undefined;

process.on('message', (call: MeterCall) => void answer(call));
process.on('disconnect', () => process.exit());
// A Ctrl-C reaches the whole group of processes; the bench decides what ends when.
process.on('SIGINT', () => {});

async function answer(call: MeterCall): Promise<void> {
	try {
		const value = await carryOut(call);
		process.send?.({ ok: true, ...(value && { value }) } satisfies MeterReply);
	} catch (error) {
		process.send?.({ ok: false, error: (error as Error).message } satisfies MeterReply);
	}
}

async function carryOut(call: MeterCall) {
	switch (call.call) {
		case 'start':
			load = await startLoad(call.options);
			return undefined;
		case 'aim':
			load?.aim(call.httpUrl);
			return undefined;
		case 'finish':
			return await load?.finish();
	}
}
