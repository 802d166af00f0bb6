import { FlowferryError } from '../errors/flowferry-error.ts';

/**
 * Why those fail that do, once all have ended: nobody is left at work. That an instance does not come up, which may be borne, comes after
 * other reasons.
 */
export async function failuresOf(work: Promise<unknown>[]): Promise<unknown[]> {
	const reasons = (await Promise.allSettled(work)).flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
	return [...reasons.filter((reason) => !isNotStanding(reason)), ...reasons.filter(isNotStanding)];
}

/** An instance did not come up: INSTANCE_NOT_STANDING. */
export function isNotStanding(error: unknown): error is FlowferryError {
	return error instanceof FlowferryError && error.code === 'INSTANCE_NOT_STANDING';
}

/** Does what may be borne to fail so, since another instance may serve. @returns that error; null where all came up. @throws any other */
export async function unlessNotStanding(work: () => Promise<void>): Promise<FlowferryError | null> {
	try {
		await work();
		return null;
	} catch (error) {
		if (isNotStanding(error)) return error;
		throw error;
	}
}
