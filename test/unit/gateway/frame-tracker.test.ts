import fc from 'fast-check';
import { closeFrame, FrameTracker } from '../../../src/gateway/frame-tracker.ts';

/** A frame as RFC 6455 draws it: the shortest length that fits, and a mask where a client sends it. */
function frameOf(length: number, mask: boolean): Buffer {
	const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
	head[0] = 0x82;
	head[1] = (mask ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127);
	if (head.length === 4) head.writeUInt16BE(length, 2);
	if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
	return Buffer.concat([head, Buffer.alloc(mask ? 4 : 0), Buffer.alloc(length, 0x81)]);
}

const anyFrame = fc
	.tuple(fc.oneof(fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536), fc.nat(3000)), fc.boolean())
	.map(([length, mask]) => frameOf(length, mask));

describe('following frames', () => {
	it('knows where one ends, however they are cut into chunks', () => {
		fc.assert(
			fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 5000 })), (frames, cuts) => {
				const stream = Buffer.concat(frames);
				const ends = new Set(frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length));
				const tracker = new FrameTracker();
				for (let at = 0, cut = 0; at < stream.length; cut++) {
					const next = Math.min(stream.length, at + (cuts[cut] ?? 777));
					tracker.push(stream.subarray(at, next));
					at = next;
					expect(tracker.isBetweenFrames).toBe(ends.has(at));
				}
			}),
			{ numRuns: 60 },
		);
	});

	it('takes its own close frame for one', () => {
		const tracker = new FrameTracker();
		tracker.push(closeFrame(1012));
		expect(tracker.isBetweenFrames).toBe(true);
		expect([...closeFrame(1012)]).toEqual([0x88, 2, 3, 0xf4]);
	});
});
