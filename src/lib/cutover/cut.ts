import type { CutOrder, Mark, Stream, StreamReport } from '../targets/instance.ts';

/**
 * The cut between two instances that are subscribed to the same: where, in each stream of messages, the old side's part
 * ends and the new side's begins. Found by counting, so that it does not matter whether payloads repeat.
 */

/** Where nothing is known of what the other side has handled: everything that waits passes. */
export const nothingHandled: CutOrder = { handled: {}, closedAtMs: 0 };

/** A stream that both sides have, with where each stood when the same sentinel came by, for each QoS in use. */
type Pair = [Mark, Mark];

/** Streams that both sides have: the same node, with the same subscription at the same broker. Any other begins anew. */
export function commonStreams(old: StreamReport, next: StreamReport): Stream[] {
	const byKey = new Map(old.streams.map((stream) => [stream.key, stream]));
	return next.streams.filter((stream) => {
		const twin = byKey.get(stream.key);
		if (!twin || twin.connection !== stream.connection || twin.server !== stream.server) return false;
		return twin.topic === stream.topic && twin.qos === stream.qos;
	});
}

/** Connections of common streams on which no sentinel has been seen by both sides yet, at a QoS that these streams use. */
export function unmarkedConnections(old: StreamReport, next: StreamReport): string[] {
	const streams = commonStreams(old, next);
	const missing = streams.filter((stream) => qosUsed(stream).some((qos) => !pairOf(old, next, stream.connection, qos)));
	return [...new Set(missing.map(({ connection }) => connection))];
}

/** Connections that both have and that one of them cannot use: of those neither a cut nor a member of a share group is certain. */
export function lostConnections(old: StreamReport, next: StreamReport): string[] {
	const lost = new Set([...old.lost, ...next.lost]);
	return next.connections.filter((connection) => old.connections.includes(connection) && lost.has(connection));
}

/**
 * What the new side must drop: all that it got before the sentinel, and as many after it as the old side emitted after it
 * until its sources were closed.
 * @param old as it was when its sources had been closed
 * @param next with the marks of the same sentinels
 */
export function decideCut(old: StreamReport, next: StreamReport): CutOrder {
	const handled: CutOrder['handled'] = {};
	for (const stream of commonStreams(old, next)) {
		const counts = [0, 0, 0];
		for (const qos of qosUsed(stream)) {
			const pair = pairOf(old, next, stream.connection, qos);
			if (!pair) continue;
			const [before, after] = pair.map((mark) => mark.counts[stream.key] ?? 0) as [number, number];
			counts[qos] = after + (old.counts[stream.key]?.[qos] ?? 0) - before;
		}
		handled[stream.key] = counts;
	}
	return { handled, closedAtMs: old.closedAtMs ?? 0 };
}

/** Streams of the new side that the old one does not have: what they get counts from the moment of the old side's closing. */
export function uncountedStreams(old: StreamReport, next: StreamReport): Stream[] {
	const counted = new Set(commonStreams(old, next).map(({ key }) => key));
	return next.streams.filter(({ key }) => !counted.has(key));
}

/** A message that was published at a lower QoS than the subscription's is delivered at its own. */
function qosUsed({ qos }: Stream): Mark['qos'][] {
	return ([0, 1, 2] as const).filter((level) => level <= qos);
}

/** The first sentinel that both sides have seen on a connection at a QoS. */
function pairOf(old: StreamReport, next: StreamReport, connection: string, qos: number): Pair | undefined {
	for (const mark of old.marks) {
		if (mark.connection !== connection || mark.qos !== qos) continue;
		const twin = next.marks.find((other) => other.connection === connection && other.qos === qos && other.sentinel === mark.sentinel);
		if (twin) return [mark, twin];
	}
	return undefined;
}
