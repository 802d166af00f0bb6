import { change, type Document, type Documents } from '../../src/lib/kubernetes/state/document.ts';
import type { Opened } from './opened-store.ts';

export interface DocumentsBed {
	documents: Documents;
	/** Makes a Lease. @param annotations none: without any at all */
	addLease(name: string, annotations?: Record<string, string>): Promise<void>;
	/** Deletes an object, as an operator does. */
	remove(kind: 'ConfigMap', name: string): Promise<void>;
}

/** What documents do, wherever they are kept. */
export function describeDocuments(name: string, open: () => Promise<Opened<DocumentsBed>>): void {
	describe(name, () => {
		let opened: Opened<DocumentsBed>;
		let bed: DocumentsBed;
		beforeEach(async () => {
			opened = await open();
			bed = opened.store;
		});
		afterEach(() => opened.close());
		const configMap = () => bed.documents.configMap('plant-notes', 'notes.txt');
		const kinds: [string, () => Document][] = [
			['a ConfigMap', configMap],
			['a Secret', () => bed.documents.secret('plant-secret', 'key')],
		];

		it.each(kinds)('writes %s where nobody else has written since', async (_, document) => {
			const never = await document().read();
			expect(never).toEqual({ text: null, version: null });
			expect(await document().replace('one', never)).toEqual({ outcome: 'written' });
			expect(await document().replace('another', never)).toEqual({ outcome: 'stale' });
			const one = await document().read();
			expect(one.text).toBe('one');
			expect(await document().replace('zwölf\n"\u2028 \u{1f6a2}', one)).toEqual({ outcome: 'written' });
			expect(await document().replace('three', one)).toEqual({ outcome: 'stale' });
			expect((await document().read()).text).toBe('zwölf\n"\u2028 \u{1f6a2}');
		});

		it.each<[string, Record<string, string> | undefined]>([
			['with annotations of others', { 'plant.example/owner': 'ann' }],
			['without any annotation', undefined],
		])('writes changes of roles to a Lease that is there, %s', async (_, annotations) => {
			await bed.addLease('plant-active', annotations);
			const document = bed.documents.roleChanges('plant-active');
			const never = await document.read();
			expect([never.text, await bed.documents.allRoleChanges()]).toEqual([null, []]);
			expect(never.version).not.toBeNull();
			expect(await document.replace('[]', never)).toEqual({ outcome: 'written' });
			expect(await document.replace('[1]', never)).toEqual({ outcome: 'stale' });
			const empty = await document.read();
			expect(empty.text).toBe('[]');
			expect(await document.replace('[2]', empty)).toEqual({ outcome: 'written' });
			expect(await document.replace('[3]', empty)).toEqual({ outcome: 'stale' });
			expect(await bed.documents.allRoleChanges()).toEqual([{ place: document.place, text: '[2]' }]);
			await expect(bed.documents.roleChanges('plant-none').read()).rejects.toMatchObject({ code: 'STATE_UNUSABLE', exitStatus: 5 });
		});

		it('does not write to an object that was deleted meanwhile, and makes it anew', async () => {
			await configMap().replace('one', await configMap().read());
			const one = await configMap().read();
			await bed.remove('ConfigMap', 'plant-notes');
			expect(await configMap().replace('two', one)).toEqual({ outcome: 'stale' });
			expect(await configMap().read()).toEqual({ text: null, version: null });
			await change(configMap(), (text) => ({ text: `${text} and three`, answer: undefined }));
			expect((await configMap().read()).text).toBe('null and three');
		});

		it('loses nothing of writers that change a document at once', async () => {
			const count = () => change(configMap(), (text) => ({ text: `${text ?? ''}x`, answer: (text ?? '').length + 1 }));
			const answers = await Promise.all(Array.from({ length: 8 }, count));
			expect(answers.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
			expect((await configMap().read()).text).toBe('xxxxxxxx');
		});

		it('holds what nearly fills an object, and says where more is too much', async () => {
			const full = 'y'.repeat(1024 * 1024 - 100);
			await change(configMap(), () => ({ text: full, answer: undefined }));
			expect((await configMap().read()).text).toHaveLength(full.length);
			await expect(change(configMap(), () => ({ text: `${full}${full}`, answer: undefined }))).rejects.toMatchObject({
				code: 'STATE_UNUSABLE',
				message: expect.stringContaining(configMap().place),
			});
			expect((await configMap().read()).text).toHaveLength(full.length);
		});
	});
}
