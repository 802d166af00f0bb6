import fc from 'fast-check';
import { passesCut } from '../../../src/agent/gate.ts';
import { commonStreams, decideCut, lostConnections, unmarkedConnections } from '../../../src/lib/cutover/cut.ts';
import type { Mark, Stream, StreamReport } from '../../../src/lib/targets/instance.ts';

const stream = (key: string, more: Partial<Stream> = {}): Stream => ({
	key,
	topic: 'in',
	qos: 1,
	connection: 'b1',
	server: 'mqtt://127.0.0.1:1883',
	...more,
});
const report = (more: Partial<StreamReport> = {}): StreamReport => ({
	session: 's',
	connections: ['b1'],
	streams: [],
	marks: [],
	counts: {},
	lost: [],
	closedAtMs: null,
	...more,
});
const mark = (sentinel: number, counts: Record<string, number>, qos: Mark['qos'] = 1): Mark => ({
	connection: 'b1',
	qos,
	sentinel,
	counts,
});

type Sent = { message: number } | { sentinel: number };

/** One side of a subscription: what a broker sends it from `from` on, of which it handles all until `until`. */
function follow(sent: Sent[], from: number, until: number): StreamReport & { got: { message: number; index: number }[] } {
	const marks: Mark[] = [];
	const got: { message: number; index: number }[] = [];
	for (const item of sent.slice(from, until)) {
		if ('sentinel' in item) marks.push(mark(item.sentinel, { s: got.length }), mark(item.sentinel, { s: 0 }, 0));
		else got.push({ message: item.message, index: got.length + 1 });
	}
	return { ...report({ streams: [stream('s')], marks, counts: { s: [0, got.length, 0] }, closedAtMs: 5 }), got };
}

describe('the cut between two subscriptions', () => {
	it('has each message handled once, wherever the sides began, the sentinels came by, and the old side ended', () => {
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom('message', 'sentinel'), { minLength: 1, maxLength: 60 }),
				fc.nat(60),
				fc.nat(60),
				fc.nat(60),
				fc.boolean(),
				(kinds, a, b, c, extraSentinel) => {
					let [messages, sentinels] = [0, 0];
					const sent = kinds.map((kind): Sent => (kind === 'message' ? { message: ++messages } : { sentinel: ++sentinels }));
					// The last one is seen by both, as `findCut` waits for; before it, each side may have missed some.
					const [countsFrom, subscribesAt, ends] = [a, b, c].map((place) => place % (sent.length + 1)) as [number, number, number];
					const both = Math.max(countsFrom, subscribesAt);
					sent.splice(both, 0, { sentinel: 1000 });
					const end = Math.max(both + 1, ends);
					if (extraSentinel) sent.splice(both + 1, 0, { message: 9999 }, { sentinel: 1001 });

					const old = follow(sent, countsFrom, end);
					const next = follow(sent, subscribesAt, sent.length);
					const order = decideCut(old, next);
					const handledByNext = next.got
						.filter(({ index }) => passesCut({ by: 'stream', position: { key: 's', qos: 1, index }, atMs: 0 }, order))
						.map(({ message }) => message);
					// From its counting on, the old side handled what it got; before, it did so without counting.
					const handledByOld = sent.slice(0, end).flatMap((item) => ('message' in item ? [item.message] : []));
					const all = sent.flatMap((item) => ('message' in item ? [item.message] : []));
					expect([...handledByOld, ...handledByNext]).toEqual(all);
				},
			),
		);
	});

	it('is found only for the same subscription of the same node at the same broker', () => {
		const old = report({ streams: [stream('same'), stream('topic'), stream('qos'), stream('moved'), stream('gone')] });
		const next = report({
			streams: [
				stream('same'),
				stream('topic', { topic: 'other' }),
				stream('qos', { qos: 2 }),
				stream('moved', { server: 'mqtt://elsewhere' }),
				stream('new'),
			],
		});
		expect(commonStreams(old, next).map(({ key }) => key)).toEqual(['same']);
		expect(Object.keys(decideCut(old, next).handled)).toEqual(['same']);
	});

	it('waits for a sentinel that both have seen, at each QoS that the subscription may be served at', () => {
		const [one, other] = [{ streams: [stream('s')] }, { streams: [stream('s')] }];
		const marked = (...marks: Mark[]) =>
			unmarkedConnections(report({ ...one, marks }), report({ ...other, marks: [mark(2, {}), mark(2, {}, 0)] }));
		expect(marked()).toEqual(['b1']);
		expect(marked(mark(1, {}), mark(1, {}, 0))).toEqual(['b1']);
		expect(marked(mark(1, {}), mark(2, {}))).toEqual(['b1']); // none at QoS 0 yet
		expect(marked(mark(2, {}), mark(2, {}, 0))).toEqual([]);
	});

	it('is not to be had where a side lost the connection', () => {
		const both = { streams: [stream('s')] };
		expect(lostConnections(report(both), report({ ...both, lost: ['b1'] }))).toEqual(['b1']);
		expect(lostConnections(report(both), report({ ...both, lost: ['b2'] }))).toEqual([]);
	});

	it('goes by the moment of the closing for what is not counted', () => {
		const order = { handled: {}, closedAtMs: 100 };
		expect(passesCut({ by: 'time', atMs: 100 }, order)).toBe(false);
		expect(passesCut({ by: 'time', atMs: 101 }, order)).toBe(true);
		expect(passesCut({ by: 'stream', position: { key: 'new', qos: 0, index: 1 }, atMs: 99 }, order)).toBe(false);
		expect(passesCut({ by: 'pass' }, order)).toBe(true);
	});
});
