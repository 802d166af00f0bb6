import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../adapters/atomic-file.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { StoredTraffic } from '../router.ts';

/** What flowferry notes of an environment's HAProxy: what a new one goes on with after a crash. */
export interface HaproxyState {
	/** Null while it is being started: then its socket tells. */
	pid: number | null;
	/** Where users connect. */
	publicUrl: string;
	traffic: StoredTraffic;
}

/** Null where there is none. Throws HAPROXY_STATE_UNREADABLE where it is not a state. */
export async function readHaproxyState(stateFile: string): Promise<HaproxyState | null> {
	let text: string;
	try {
		text = await readFile(stateFile, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw unreadable(stateFile, error);
	}
	try {
		const state = JSON.parse(text) as HaproxyState;
		if (typeof state.publicUrl === 'string' && typeof state.traffic?.state === 'string') return state;
	} catch (error) {
		throw unreadable(stateFile, error);
	}
	throw unreadable(stateFile);
}

/** Not flushed to the disk: after a power loss the instances are gone as well, and the flush would lengthen a hold. */
export async function writeHaproxyState(stateFile: string, state: HaproxyState): Promise<void> {
	await replaceFile(stateFile, `${JSON.stringify(state, null, '\t')}\n`, { durable: false });
}

function unreadable(stateFile: string, cause?: unknown): FlowferryError {
	return new FlowferryError({
		code: 'HAPROXY_STATE_UNREADABLE',
		message: `${stateFile} is not a readable state of HAProxy`,
		hint: 'Remove the file and run `flowferry up`.',
		cause,
	});
}
