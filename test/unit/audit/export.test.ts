import type { AuditEntry } from '../../../src/lib/audit/audit-log.ts';
import { chain } from '../../../src/lib/audit/chain.ts';
import { renderAuditCsv, renderAuditLines } from '../../../src/lib/audit/export.ts';
import { endingOf, leftEntries, openEntries, promotionOf } from '../../../src/lib/audit/settle.ts';
import type { PromotionRecord } from '../../../src/lib/promotion/journal.ts';
import { draft } from '../../support/audit-drafts.ts';

const entry = (override: string) => chain(draft({ subject: { ...draft().subject, override } }), '2026-01-01T00:00:00.000Z', null);

describe('the exported audit', () => {
	it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '  =1', '\r=1'])('as CSV gives a spreadsheet no formula: %j', (text) => {
		const row = renderAuditCsv([entry(text)]).split('\r\n')[1] as string;
		expect(row).toContain(`'${text}`);
		expect(row).not.toContain(`,${text}`);
	});

	it('as CSV quotes what needs it, and has as many cells in each row', () => {
		const csv = renderAuditCsv([entry('he said "now",\nand went')]);
		expect(csv).toContain('"he said ""now"",\nand went"');
		const [head, row] = csv.split('\r\n') as [string, string];
		expect(row.replaceAll(/"([^"]|"")*"/g, 'x').split(',')).toHaveLength(head.split(',').length);
	});

	it('as lines of JSON is whole', () => {
		const entries = [entry('a'), entry('b\nc')];
		expect(
			renderAuditLines(entries)
				.trimEnd()
				.split('\n')
				.map((line) => JSON.parse(line)),
		).toEqual(entries);
	});
});

describe('what was begun and has no end', () => {
	const entries: AuditEntry[] = [];
	const add = (more: Parameters<typeof draft>[0]) => entries.push(chain(draft(more), '2026-01-01T00:00:00.000Z', entries.at(-1) ?? null));
	add({});
	add({ event: { kind: 'ended', begun: 1, outcome: 'done', code: null, reason: null } });
	add({ event: { kind: 'refused', code: 'NOT_ALLOWED', reason: 'x' } });
	add({});
	const [open] = openEntries(entries);
	const record = (state: PromotionRecord['state'], more: Partial<PromotionRecord> = {}) =>
		({ id: 7, by: draft().who.operator, started: '2026-01-01T00:00:01.000Z', state, ...more }) as PromotionRecord;

	it('is found', () => expect(openEntries(entries).map(({ sequence }) => sequence)).toEqual([4]));

	it.each<[string, PromotionRecord[], object | null]>([
		['no promotion', [], { outcome: 'interrupted' }],
		["somebody else's promotion", [record({ kind: 'baking' }, { by: 'x' })], { outcome: 'interrupted' }],
		['an earlier promotion', [record({ kind: 'baking' }, { started: '2025-01-01T00:00:00.000Z' })], { outcome: 'interrupted' }],
		[
			'one that went back',
			[record({ kind: 'rolled back', failed: 'drain', cause: 'gone' })],
			{ outcome: 'rolled back', reason: "promotion 7: 'drain': gone" },
		],
		['one that came through', [record({ kind: 'baking' })], { outcome: 'done' }],
		['one that waits', [record({ kind: 'paused' })], { outcome: 'paused' }],
		['one that nobody has ended', [record({ kind: 'needs operator', failed: 'drain', cause: 'x', reason: 'y' })], null],
	])('ends by the journal: %s', (_, history, expected) => {
		const ending = endingOf(open as AuditEntry, promotionOf(open as AuditEntry, history));
		if (expected === null) expect(ending).toBeNull();
		else expect(ending).toMatchObject({ kind: 'ended', begun: 4, ...expected });
	});

	const at = (operator: string, minutes = 0) => ({
		operator,
		now: new Date(Date.UTC(2026, 0, 1, 0, minutes)),
		isAlive: (pid: number) => pid === 1,
	});
	const drill = (operator: string) => [
		chain(draft({ action: 'drill', who: { ...draft().who, operator } }), '2026-01-01T00:00:00.000Z', null),
	];
	it.each<[string, string, ReturnType<typeof at>, number]>([
		['whose process runs here, is under way', 'jane@pc (pid 1)', at('joe@pc (pid 3)'), 0],
		['whose process is gone here, is left', 'jane@pc (pid 2)', at('joe@pc (pid 3)'), 1],
		['of another host, may be under way', 'jane@pc (pid 2)', at('joe@ci (pid 3)', 60), 0],
		['of another host, is left after an hour', 'jane@pc (pid 2)', at('joe@ci (pid 3)', 61), 1],
		['whose process was another, is left after an hour', 'jane@pc (pid 1)', at('joe@pc (pid 3)', 61), 1],
		['of nobody knows which process, may be under way', 'jane', at('joe', 60), 0],
	])('holds no lock: a drill %s', (_, operator, onlooker, left) => expect(leftEntries(drill(operator), onlooker)).toHaveLength(left));
});
