import type { AuditEntry } from '../../../../src/lib/audit/audit-log.ts';
import { chain, verifyChain } from '../../../../src/lib/audit/chain.ts';
import { stateOf } from '../../../../src/lib/kubernetes/state/open-cluster-state.ts';
import { draft, joe } from '../../../support/audit-drafts.ts';
import { MemoryDocuments } from '../../../support/memory-documents.ts';

const part = (number: number) => `ConfigMap memory/plant-audit-${number}`;
const head = 'ConfigMap memory/plant-audit-head';
const killed = new Error('killed');

describe('the audit in documents', () => {
	let documents: MemoryDocuments;
	beforeEach(() => {
		documents = new MemoryDocuments();
	});
	const log = () => stateOf(documents, 'plant', () => new Date('2026-01-01T00:00:00Z')).audit;
	const append = async (count: number) => {
		for (let index = 0; index < count; index++) await log().append(draft());
	};
	const faultOf = async () => {
		const content = await log().read();
		return verifyChain(content.entries, content.head);
	};
	const lines = (number = 1) => documents.textOf(part(number)).split('\n').filter(Boolean);
	const rewrite = (kept: string[]) => documents.set(part(1), kept.map((line) => `${line}\n`).join(''));
	const killBefore = (place: string) => {
		documents.intervene = (written) => {
			if (written === place) throw killed;
			return undefined;
		};
	};

	it.each([0, 1, 3])('has nothing of an append that was killed before it wrote, after %i entries', async (before) => {
		await append(before);
		killBefore(head);
		await expect(log().append(draft({ who: joe }))).rejects.toBe(killed);
		documents.intervene = () => undefined;
		expect((await log().read()).entries).toHaveLength(before);
		expect(await faultOf()).toBeNull();
		await append(1);
		expect(await faultOf()).toBeNull();
	});

	it.each([0, 1, 3])('has all of an append that was killed between its two writes, after %i entries', async (before) => {
		await append(before);
		killBefore(part(1));
		await expect(log().append(draft({ who: joe }))).rejects.toBe(killed);
		documents.intervene = () => undefined;
		expect(lines()).toHaveLength(before);
		const { entries } = await log().read();
		expect(entries.at(-1)).toMatchObject({ sequence: before + 1, who: joe });
		expect((await log().read(before)).entries).toHaveLength(1);
		expect((await log().read(before + 1)).entries).toEqual([]);
		expect(await faultOf()).toBeNull();
		await append(1);
		expect(lines()).toHaveLength(before + 2);
		expect([(await log().read()).entries.length, await faultOf()]).toEqual([before + 2, null]);
	});

	it('has all of an append that was killed before it began its part', async () => {
		const long = { ...draft().subject, override: 'o'.repeat(300_000) };
		await log().append(draft({ subject: long }));
		killBefore(part(2));
		await expect(log().append(draft({ subject: long }))).rejects.toBe(killed);
		documents.intervene = () => undefined;
		expect([(await log().read()).entries.length, await faultOf(), documents.kept.has(part(2))]).toEqual([2, null, false]);
		await append(1);
		expect([lines(1).length, lines(2).length, await faultOf()]).toEqual([1, 2, null]);
	});

	it('is read as it was at one moment, although somebody appends meanwhile', async () => {
		await append(2);
		const reader = new MemoryDocuments();
		for (const [place, kept] of documents.kept) reader.kept.set(place, kept);
		const configMap = reader.configMap.bind(reader);
		let written = false;
		reader.configMap = (name) => {
			const document = configMap(name);
			return {
				...document,
				read: async () => {
					if (name === 'plant-audit-1' && !written) {
						written = true;
						await stateOf(reader, 'plant', () => new Date()).audit.append(draft({ who: joe }));
					}
					return document.read();
				},
			};
		};
		const { entries, head: noted } = await stateOf(reader, 'plant', () => new Date()).audit.read();
		expect([entries.length, noted?.sequence, verifyChain(entries, noted)]).toEqual([2, 2, null]);
	});

	const entry = (line: string | undefined) => JSON.parse(line ?? '') as AuditEntry;
	it.each<[string, (all: string[]) => string[], number, string]>([
		['two entries cut off', (all) => all.slice(0, 3), 4, 'is missing'],
		['all entries removed', () => [], 1, 'is missing'],
		['one in the middle removed', (all) => all.filter((_, at) => at !== 1), 2, 'is missing'],
		['one changed', (all) => all.map((line, at) => (at === 2 ? line.replace('jane@pc', 'joe@pc') : line)), 3, 'was changed'],
		['the last changed', (all) => [...all.slice(0, 4), (all[4] as string).replace('jane@pc', 'joe@pc')], 5, 'was changed'],
		[
			'the last written anew',
			(all) => [...all.slice(0, 4), JSON.stringify(chain(draft({ who: joe }), 't', entry(all[3])))],
			5,
			'is not the one that was written last',
		],
		[
			'one more',
			(all) => [...all, JSON.stringify(chain(draft({ who: joe }), 't', entry(all[4])))],
			6,
			'is not the one that was written last',
		],
	])('shows %s, also after others were appended', async (_, tamper, sequence, problem) => {
		await append(5);
		rewrite(tamper(lines()));
		expect(await faultOf()).toMatchObject({ sequence, problem: expect.stringContaining(problem) });
		await append(2);
		expect(await faultOf()).not.toBeNull();
	});

	it('still has the last entry where that alone was cut off', async () => {
		await append(5);
		rewrite(lines().slice(0, 4));
		expect([(await log().read()).entries.length, await faultOf()]).toEqual([5, null]);
	});

	it('shows that a part is gone', async () => {
		const long = { ...draft().subject, override: 'o'.repeat(300_000) };
		for (let index = 0; index < 3; index++) await log().append(draft({ subject: long }));
		documents.kept.delete(part(2));
		expect(await faultOf()).toMatchObject({ sequence: 2, problem: expect.stringContaining('is missing') });
	});

	it('takes one whose head was removed for damaged, not for new', async () => {
		await append(2);
		documents.kept.delete(head);
		const damaged = { code: 'AUDIT_DAMAGED', message: expect.stringContaining(head) };
		await expect(log().read()).rejects.toMatchObject(damaged);
		await expect(log().append(draft())).rejects.toMatchObject(damaged);
		expect(lines()).toHaveLength(2);
	});

	it('says which object is damaged', async () => {
		await append(2);
		rewrite([lines()[0] as string, 'x']);
		await expect(log().read()).rejects.toMatchObject({
			code: 'AUDIT_DAMAGED',
			exitStatus: 5,
			message: expect.stringContaining(`line 2 of the audit in ${part(1)}`),
		});
		documents.set(head, '{');
		await expect(log().append(draft())).rejects.toMatchObject({ code: 'AUDIT_DAMAGED', message: expect.stringContaining(head) });
		documents.set(head, '{"format":1}');
		await expect(log().read()).rejects.toMatchObject({ code: 'AUDIT_DAMAGED' });
		documents.set(head, '{"format":2}');
		await expect(log().read()).rejects.toMatchObject({ code: 'STATE_UNUSABLE', message: expect.stringContaining('format 2') });
	});

	it('does not stop at an entry that nearly fills an object', async () => {
		await append(1);
		const long = { ...draft().subject, override: 'o'.repeat(1_040_000) };
		await log().append(draft({ subject: long }));
		await append(1);
		expect([lines(1).length, lines(2).length, lines(3).length, await faultOf()]).toEqual([1, 1, 1, null]);
		const tooLong = log().append(draft({ subject: { ...long, override: 'o'.repeat(1_050_000) } }));
		await expect(tooLong).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
		await append(1);
		expect([(await log().read()).entries.length, await faultOf()]).toEqual([4, null]);
	});
});
