import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { ControlFailure, ControlUnreachable } from '../../../src/lib/control/client.ts';
import { ExitStatus } from '../../../src/lib/errors/exit-status.ts';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import { type AnswerLine, decodeLine, encodeLine, onLines, unwireError, wireError } from '../../../src/lib/keeper/wire.ts';

const across = (result: unknown) => (decodeLine<AnswerLine>(encodeLine({ id: 1, ok: true, result })) as { result: unknown }).result;

describe("what crosses to a keeper's session and back", () => {
	it.each<[string, unknown]>([
		['bytes', new Uint8Array([0, 255, 10, 13])],
		['no bytes', new Uint8Array()],
		['bytes within', { key: [new Uint8Array([1])] }],
		['null', null],
		['nothing', undefined],
		['a string that looks like bytes', ['\0bAAAA', '\0t', '\0', '\0\0b']],
		['what other notations have for bytes', { $base64: 'AAAA', type: 'Buffer', data: [1] }],
		['the ends of lines that JSON leaves as they are', 'a\u2028b\u2029c\nd\re'],
	])('is the same: %s', (_, value) => {
		expect(across(value)).toEqual(value);
		expect(encodeLine({ id: 1, ok: true, result: value }).indexOf('\n')).toBe(encodeLine({ id: 1, ok: true, result: value }).length - 1);
	});

	it('a Buffer arrives as bytes', () => {
		expect(across(Buffer.from('key'))).toEqual(new Uint8Array([107, 101, 121]));
	});

	it('any value is the same', () => {
		const strings = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\0', '\0b', '\0tx', '\u2028'));
		const leaves = fc.oneof(strings, fc.integer(), fc.boolean(), fc.constant(null), fc.uint8Array());
		const { tree } = fc.letrec((tie) => ({
			tree: fc.oneof({ maxDepth: 4 }, leaves, fc.array(tie('tree')), fc.dictionary(strings, tie('tree'), { noNullPrototype: true })),
		}));
		fc.assert(fc.property(tree, (value) => expect(across(value)).toEqual(value)));
	});

	it.each([
		new FlowferryError({ code: 'STATE_UNUSABLE', message: 'no', hint: 'do', docs: 'x.md', exitStatus: ExitStatus.internal }),
		new ControlUnreachable('no answer'),
		new ControlUnreachable('no answer', { code: 'ECONNREFUSED' }),
		new ControlFailure('SEAT_TAKEN', 'blue/1 has it'),
		new TypeError('a defect'),
	])('an error stays what callers tell it by: $constructor.name', (error) => {
		const crossed = unwireError(JSON.parse(JSON.stringify(wireError(error))));
		const { message, code, gone, hint, docs, exitStatus } = error as Partial<FlowferryError & ControlUnreachable>;
		expect(crossed).toMatchObject({ message, ...(code && { code }), ...(hint && { hint, docs, exitStatus }) });
		expect((crossed as ControlUnreachable).gone).toBe(gone);
		expect(crossed).toBeInstanceOf(error instanceof TypeError ? Error : (error as Error).constructor);
	});

	it("an error's cause stays here: nobody has looked whether it may be shown", () => {
		const error = new FlowferryError({ code: 'X', message: 'm', cause: new Error('password hunter2') });
		expect(JSON.stringify(wireError(error))).not.toContain('hunter2');
	});

	it.each(['', 'null', '{}', '[]', '7', 'OCI runtime exec failed: exec failed', '{"id":"1"}'])('is refused: %p', (text) => {
		expect(() => decodeLine(text)).toThrow(SyntaxError);
	});

	it('has its lines put together again, whatever pieces they come in', () => {
		const sent = ['{"a":"ü€😀"}', '', 'x'.repeat(300), 'a\u2028b'];
		const bytes = Buffer.from(`${sent.join('\n')}\nunfinished`);
		fc.assert(
			fc.asyncProperty(fc.integer({ min: 1, max: 50 }), async (size) => {
				const stream = new PassThrough();
				const lines: string[] = [];
				onLines(stream, (line) => lines.push(line));
				for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
				stream.end();
				await new Promise((resolve) => stream.on('end', resolve));
				expect(lines).toEqual(sent);
			}),
			{ numRuns: 20 },
		);
	});
});
