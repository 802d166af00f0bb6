import { answeredWith } from './cluster-fault.ts';

/** What the API server answers; null where it has no such object. */
export async function ifThere<T>(asking: Promise<T>): Promise<T | null> {
	try {
		return await asking;
	} catch (error) {
		if (answeredWith(error, 404)) return null;
		throw error;
	}
}
