import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { StoredTraffic } from '../router.ts';
import { readStateFile, writeStateFile } from '../state-file.ts';

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
	const isState = ({ publicUrl, traffic }: Partial<HaproxyState>) => typeof publicUrl === 'string' && typeof traffic?.state === 'string';
	return await readStateFile(stateFile, isState, (cause) => unreadable(stateFile, cause));
}

export async function writeHaproxyState(stateFile: string, state: HaproxyState): Promise<void> {
	await writeStateFile(stateFile, state);
}

function unreadable(stateFile: string, cause?: unknown): FlowferryError {
	return new FlowferryError({
		code: 'HAPROXY_STATE_UNREADABLE',
		message: `${stateFile} is not a readable state of HAProxy`,
		hint: 'Remove the file and run `flowferry up`.',
		cause,
	});
}
