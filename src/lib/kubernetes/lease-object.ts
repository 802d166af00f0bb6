import { type V1Lease, V1MicroTime, type V1ObjectMeta } from '@kubernetes/client-node';
import { annotation } from './names.ts';
import type { Json } from './watched.ts';

/** A seat's lease, as a `coordination.k8s.io/v1` Lease says it. */
export interface LeaseObject {
	seat: string;
	/** null: released, or never granted. */
	holder: string | null;
	/** `leaseTransitions`, which grow with each change of holder. */
	token: number;
	/** Of the last grant; whole seconds only where somebody else wrote it. */
	ttlMs: number;
	/** Milliseconds of the wall clock of whoever wrote it: differs with each renewal, and is compared with no other machine's. */
	renewedMs: number;
	acquiredMs: number;
	/** What goes back as it came: labels, others' annotations, owners. */
	metadata: V1ObjectMeta;
}

/** Null: none of a seat. */
export function readLease({ metadata, spec }: V1Lease | Json<V1Lease>): LeaseObject | null {
	const seat = metadata?.annotations?.[annotation.seat];
	if (!seat) return null;
	return {
		seat,
		holder: spec?.holderIdentity || null,
		token: spec?.leaseTransitions ?? 0,
		ttlMs: Number(metadata.annotations?.[annotation.ttlMs] ?? (spec?.leaseDurationSeconds ?? 0) * 1000),
		renewedMs: timeOf(spec?.renewTime),
		acquiredMs: timeOf(spec?.acquireTime),
		metadata: metadata as V1ObjectMeta,
	};
}

/**
 * The object with its next grant, or without a holder. It has the version of the one that it was made of, so that the API server
 * takes it only where nobody has changed it since.
 * @param nowMs of the wall clock
 */
export function nextLease(last: LeaseObject, { holder, token, ttlMs }: Pick<LeaseObject, 'holder' | 'token' | 'ttlMs'>, nowMs: number) {
	// No two are alike, even where the wall clock is set back: who watches counts from each anew.
	const renewedMs = Math.max(nowMs, last.renewedMs + 1);
	const { name, namespace, uid, resourceVersion, labels, annotations, ownerReferences, finalizers } = last.metadata;
	return {
		metadata: {
			...{ name, namespace, uid, resourceVersion, labels, ownerReferences, finalizers },
			annotations: { ...annotations, [annotation.ttlMs]: String(ttlMs) },
		},
		spec: {
			...(holder === null ? {} : { holderIdentity: holder }),
			leaseTransitions: token,
			// What other tools show; never less than it is.
			leaseDurationSeconds: Math.max(1, Math.ceil(ttlMs / 1000)),
			renewTime: new V1MicroTime(renewedMs),
			acquireTime: new V1MicroTime(holder === last.holder && token === last.token ? last.acquiredMs : renewedMs),
		},
	} as V1Lease;
}

/** Whether it is the same grant, and not renewed since, whatever else of the object has changed. */
export function isSameGrant(a: LeaseObject, b: LeaseObject): boolean {
	return (
		a.metadata.uid === b.metadata.uid && a.holder === b.holder && a.token === b.token && a.ttlMs === b.ttlMs && a.renewedMs === b.renewedMs
	);
}

function timeOf(time: Date | string | undefined): number {
	return time ? new Date(time).getTime() : 0;
}
