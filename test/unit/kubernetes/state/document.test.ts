import { FlowferryError } from '../../../../src/lib/errors/flowferry-error.ts';
import { change, type Document } from '../../../../src/lib/kubernetes/state/document.ts';
import { MemoryDocuments } from '../../../support/memory-documents.ts';

describe('a change of a document', () => {
	const place = 'ConfigMap memory/notes';
	let documents: MemoryDocuments;
	let document: Document;
	beforeEach(() => {
		documents = new MemoryDocuments();
		document = documents.configMap('notes');
	});
	const add = (letter: string) => change(document, (text) => ({ text: `${text ?? ''}${letter}`, answer: letter }));

	it('is made anew from what somebody else wrote meanwhile', async () => {
		let others = 3;
		documents.intervene = () => {
			if (others-- > 0) documents.set(place, `${documents.textOf(place)}o`);
			return undefined;
		};
		expect(await add('x')).toBe('x');
		expect(documents.textOf(place)).toBe('ooox');
	});

	it('writes nothing where nothing is to change, or where it may not be made', async () => {
		let writes = 0;
		documents.intervene = () => void writes++;
		await add('x');
		expect(await change(document, (text) => ({ text: text ?? '', answer: 'same' }))).toBe('same');
		const refused = change(document, () => {
			throw new Error('no');
		});
		await expect(refused).rejects.toThrow('no');
		expect([documents.textOf(place), writes]).toEqual(['x', 1]);
	});

	it('is not made twice where the answer to it was lost', async () => {
		let lost = 1;
		documents.intervene = (_, text) => {
			if (lost-- <= 0) return undefined;
			documents.set(place, text);
			return { outcome: 'unsure', cause: new Error('lost') };
		};
		expect(await add('x')).toBe('x');
		expect(documents.textOf(place)).toBe('x');
	});

	it('is not made twice either where it arrives late, while it is tried again', async () => {
		let first: string | undefined;
		documents.intervene = (_, text) => {
			if (first === undefined) {
				first = text;
				return { outcome: 'unsure', cause: new Error('lost') };
			}
			if (documents.textOf(place) === '') documents.set(place, first);
			return undefined;
		};
		let time = 0;
		await change(document, (text) => ({ text: `${text ?? ''}[${++time}]`, answer: undefined }));
		expect(documents.textOf(place)).toBe('[1]');
	});

	it('waits for a server that is away for a moment, and for no other fault', async () => {
		const away = new FlowferryError({ code: 'CLUSTER_UNREACHABLE', message: 'away' });
		const faults: Error[] = [away, away];
		const fragile: Document = {
			...document,
			read: () => {
				const fault = faults.shift();
				return fault ? Promise.reject(fault) : document.read();
			},
		};
		const write = () => change(fragile, (text) => ({ text: `${text ?? ''}x`, answer: undefined }));
		await write();
		expect(documents.textOf(place)).toBe('x');
		faults.push(new FlowferryError({ code: 'CLUSTER_FORBIDDEN', message: 'no' }));
		await expect(write()).rejects.toMatchObject({ code: 'CLUSTER_FORBIDDEN' });
	});

	it.each([
		['STATE_BUSY', 'others', { outcome: 'stale' as const }],
		[
			'CLUSTER_UNREACHABLE',
			'the server',
			{ outcome: 'unsure' as const, cause: new FlowferryError({ code: 'CLUSTER_UNREACHABLE', message: 'x' }) },
		],
	])('ends with %s where %s do not let it come through', async (code, _, outcome) => {
		documents.intervene = () => outcome;
		await expect(change(document, () => ({ text: 'x', answer: undefined }), 100)).rejects.toMatchObject({ code });
		expect(documents.textOf(place)).toBe('');
	});
});
