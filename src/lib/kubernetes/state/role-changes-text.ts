import type { RoleChange } from '../../failover/failover-store.ts';
import { isRecord } from '../../flows/is-record.ts';
import { unusable } from './state-fault.ts';

/** The changes of a seat's role as JSON, the latest first. Pure. */

const MAX_CHANGES = 50;
/** Kubernetes gives all annotations of an object 256 KiB. */
const MAX_BYTES = 64 * 1024;

/**
 * Whose answer was lost, a change is written once more: it stands there once.
 * @param text null: there is none yet
 */
export function addRoleChange(text: string | null, change: RoleChange, place: string): string {
	const others = parseRoleChanges(text, place).filter((other) => !isSame(other, change));
	const changes = [change, ...others].slice(0, MAX_CHANGES);
	while (changes.length > 1 && Buffer.byteLength(render(changes)) > MAX_BYTES) changes.pop();
	return render(changes);
}

const isSame = (one: RoleChange, other: RoleChange) =>
	one.at === other.at && one.instance === other.instance && one.role === other.role && one.token === other.token;

/** The API server compares texts as Go writes them, which escapes these characters. */
function render(changes: RoleChange[]): string {
	return JSON.stringify(changes).replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Of all seats, the latest first. */
export function mergeRoleChanges(seats: { place: string; text: string }[], limit: number): RoleChange[] {
	const changes = seats.flatMap(({ place, text }) => parseRoleChanges(text, place));
	return changes.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, limit);
}

/** @throws FlowferryError STATE_UNUSABLE */
function parseRoleChanges(text: string | null, place: string): RoleChange[] {
	if (text === null) return [];
	try {
		const changes: unknown = JSON.parse(text);
		if (Array.isArray(changes) && changes.every((change) => isRecord(change) && typeof change.at === 'string'))
			return changes as RoleChange[];
	} catch {
		// Told below.
	}
	throw unusable(place, 'its changes of roles were changed by somebody else', 'remove the annotation: what it told is only history');
}
