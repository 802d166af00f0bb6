import { serialize } from 'node:v8';
import { examine } from './context-values.ts';

/** `global.count`, `<flow>.count`, `<node>:<flow>.count`, as Node-RED names its scopes. */
export function placeOf(scope: string, key: string): string {
	return `${scope}.${key}`;
}

/** @throws Error that names the place, and no value */
export function assertKept(value: unknown, place: string): void {
	const examined = examine(value);
	if (!examined.portable)
		throw new Error(
			`context ${place} cannot be kept: ${examined.why}. Keep plain values there, and what belongs to one process in a store in memory`,
		);
}

/** @throws as `assertKept` */
export function pack(value: unknown, place: string): Uint8Array {
	assertKept(value, place);
	try {
		return serialize(value);
	} catch {
		// The error is not told: it may quote a value.
		throw new Error(`context ${place} cannot be kept: it cannot be serialized`);
	}
}
