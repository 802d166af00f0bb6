import { readFile } from 'node:fs/promises';
import { replaceFile } from '../adapters/atomic-file.ts';

/**
 * What a router that runs has left for its successor after a crash; null where there is none.
 * @param isState whether what the file holds is a whole state
 * @param unreadable the error to throw where it is none
 */
export async function readStateFile<S>(
	file: string,
	isState: (value: Partial<S>) => boolean,
	unreadable: (cause?: unknown) => Error,
): Promise<S | null> {
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw unreadable(error);
	}
	let value: Partial<S>;
	try {
		value = JSON.parse(text) as Partial<S>;
	} catch (error) {
		throw unreadable(error);
	}
	if (typeof value !== 'object' || value === null || !isState(value)) throw unreadable();
	return value as S;
}

/**
 * A reader sees the old state or the new one, never half of one. Not flushed to the disk: after a power loss the instances
 * are gone as well, so the route of before has no use, and the flush would lengthen a hold.
 */
export async function writeStateFile(file: string, state: object): Promise<void> {
	await replaceFile(file, `${JSON.stringify(state, null, '\t')}\n`, { durable: false });
}
