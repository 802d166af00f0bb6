import {
	addAbort,
	addPlan,
	addPromotion,
	addRelease,
	emptyJournal,
	fillSlot,
	type JournalDocument,
	recordState,
} from '../../../../src/lib/kubernetes/state/journal-document.ts';
import { journalReader, parseJournal, renderJournal } from '../../../../src/lib/kubernetes/state/journal-text.ts';
import type { Release } from '../../../../src/lib/promotion/journal.ts';
import { initialState } from '../../../../src/lib/promotion/machine.ts';

const time = '2026-01-01T00:00:00.000Z';
const place = 'ConfigMap plant/flowferry-line-journal';

/** A promotion with a release of its own. */
function promote(document: JournalDocument, { entries = 20, finished = true, cause = 'x' } = {}): [JournalDocument, Release] {
	const [released, release] = addRelease(document, 'a'.repeat(64), time);
	const draft = { kind: 'promote' as const, strategy: 'first' as const, from: null, to: { slot: 'blue' as const, release } };
	const [begun, { id }] = addPromotion(released, draft, { state: initialState, by: 'ann@pc (pid 1)', started: time });
	let after = addAbort(addPlan(begun, release.number, { port: 'd'.repeat(64) }), id, 'joe', time);
	for (let index = 0; index < entries; index++) after = recordState(after, id, { time, state: initialState, finished: false });
	if (finished) after = recordState(after, id, { time, state: { kind: 'rolled back', failed: 'prepare', cause }, finished: true });
	return [after, release];
}

describe("the journal's text", () => {
	it('says what the document says, with a line for each thing', () => {
		const [document, release] = promote(emptyJournal, { entries: 2 });
		const held = fillSlot(document, 'blue', release);
		const text = renderJournal(held);
		expect(parseJournal(text, place)).toEqual(held);
		expect(text.split('\n').slice(0, 8)).toEqual([
			'{',
			' "format": 1,',
			' "servingSlot": null,',
			' "slots": {"blue":1,"green":null},',
			' "failoverPause": null,',
			' "releases": [',
			`  {"number":1,"snapshot":"${'a'.repeat(64)}","created":"${time}"}`,
			' ],',
		]);
		expect(parseJournal(null, place)).toEqual(emptyJournal);
		expect(parseJournal(renderJournal(emptyJournal), place)).toEqual(emptyJournal);
	});

	it('is parsed once for who looks at it again and again', () => {
		const read = journalReader(place);
		const document = read(renderJournal({ ...emptyJournal, servingSlot: 'blue' }));
		expect(read(renderJournal({ ...emptyJournal, servingSlot: 'blue' }))).toBe(document);
		expect([read(null).servingSlot, read(renderJournal({ ...emptyJournal, servingSlot: 'green' })).servingSlot]).toEqual([null, 'green']);
		expect(() => read('{')).toThrow(place);
	});

	it('keeps what a version of the same format knows besides', () => {
		const text = JSON.stringify({ ...emptyJournal, notes: ['later'] });
		expect(renderJournal({ ...parseJournal(text, place), servingSlot: 'blue' })).toContain('"later"');
	});

	it.each<[string, string, string]>([
		['a later format', '{"format":2}', 'format 2'],
		['no format', '{}', '`format`'],
		['no object', '[]', '`format`'],
		['nothing', '', 'line 1, column 1'],
		['half a text', renderJournal(emptyJournal).slice(0, 60), 'the text ends'],
		['another slot', JSON.stringify({ ...emptyJournal, servingSlot: 'red' }), '`servingSlot`'],
		['no slots', JSON.stringify({ ...emptyJournal, slots: {} }), '`slots.blue`'],
		['a slot with a release that is not there', JSON.stringify({ ...emptyJournal, slots: { blue: 3, green: null } }), 'release 3'],
		['a pause that is none', JSON.stringify({ ...emptyJournal, failoverPause: 'yes' }), '`failoverPause`'],
		['a list that is none', JSON.stringify({ ...emptyJournal, promotions: {} }), '`promotions` is no list'],
		['a broken item', renderJournal(promote(emptyJournal)[0]).replace('"id":1', '"id":"1"'), '`promotions[0]`'],
		['a broken entry', renderJournal(promote(emptyJournal)[0]).replace('"promotion":1,"time"', '"time"'), '`entries[0]`'],
	])('is not taken where it has %s', (_, text, problem) => {
		let caught: unknown;
		try {
			parseJournal(text, place);
		} catch (error) {
			caught = error;
		}
		expect(caught).toMatchObject({ code: 'STATE_UNUSABLE', exitStatus: 5, hint: expect.any(String) });
		expect((caught as Error).message).toContain(place);
		expect((caught as Error).message).toContain(problem);
	});

	it('lets the earliest promotions go, and neither what slots hold, nor what is unfinished, nor a number twice', () => {
		let [document, first] = promote(emptyJournal, { entries: 2 });
		document = fillSlot(document, 'green', first);
		[document] = promote(document, { entries: 2, finished: false });
		for (let index = 0; index < 300; index++) [document] = promote(document, { entries: 2 });
		const kept = parseJournal(renderJournal(document), place);
		expect(kept.promotions).toHaveLength(200);
		expect(kept.promotions.map(({ id }) => id).slice(0, 3)).toEqual([2, 104, 105]);
		expect(kept.promotions.at(-1)?.id).toBe(302);
		expect(kept.releases.map(({ number }) => number).slice(0, 4)).toEqual([1, 2, 104, 105]);
		expect(kept.plans.map(({ release }) => release).slice(0, 4)).toEqual([1, 2, 104, 105]);
		expect(kept.aborts[1]?.promotion).toBe(104);
		expect(new Set(kept.entries.map(({ promotion }) => promotion))).toEqual(new Set(kept.promotions.map(({ id }) => id)));
		expect(addRelease(kept, 'b', time)[1].number).toBe(303);
	});

	it('stays below 512 KiB: what people read of old promotions goes first', () => {
		let document = emptyJournal;
		for (let index = 0; index < 190; index++) [document] = promote(document, { entries: 60 });
		const text = renderJournal(document);
		expect(Buffer.byteLength(text)).toBeLessThanOrEqual(512 * 1024);
		const kept = parseJournal(text, place);
		expect(kept.promotions).toHaveLength(190);
		expect(kept.entries[0]?.promotion).toBeGreaterThan(100);
		expect(kept.entries.at(-1)?.promotion).toBe(190);
		for (let index = 0; index < 10; index++) [document] = promote(document, { cause: 'c'.repeat(100_000) });
		const long = renderJournal(document);
		expect(Buffer.byteLength(long)).toBeLessThanOrEqual(512 * 1024);
		expect(parseJournal(long, place).promotions.at(-1)?.id).toBe(200);
	});

	it('is longer where what is unfinished needs that', () => {
		const [document] = promote(emptyJournal, { entries: 6000, finished: false });
		expect(parseJournal(renderJournal(document), place).entries).toHaveLength(6000);
	});
});
