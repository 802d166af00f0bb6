import type { AuditLog } from '../../src/lib/audit/audit-log.ts';
import { verifyChain } from '../../src/lib/audit/chain.ts';
import { draft, joe } from './audit-drafts.ts';
import type { Opened } from './opened-store.ts';

/** What every audit does, wherever it is kept. @param open another writer of the same audit each time, until it was closed */
export function describeAuditLog(name: string, open: () => Promise<Opened<() => Promise<AuditLog>>>): void {
	describe(name, () => {
		let opened: Opened<() => Promise<AuditLog>>;
		let writer: () => Promise<AuditLog>;
		beforeEach(async () => {
			opened = await open();
			writer = opened.store;
		});
		afterEach(() => opened.close());

		it('is empty at first', async () => {
			expect(await (await writer()).read()).toEqual({ entries: [], head: null });
		});

		it('keeps entries, and goes on from them, by several writers', async () => {
			const [one, two, three] = [await writer(), await writer(), await writer()];
			const first = await one.append(draft());
			await two.append(draft({ who: joe }));
			const last = await three.append(draft({ event: { kind: 'ended', begun: 1, outcome: 'done', code: null, reason: null } }));
			const { entries, head } = await two.read();
			expect(entries.map(({ sequence, who }) => [sequence, who.identity])).toEqual([
				[1, draft().who.identity],
				[2, joe.identity],
				[3, draft().who.identity],
			]);
			expect([entries[0], entries[2]]).toEqual([first, last]);
			expect(head).toEqual({ sequence: 3, hash: last.hash });
			expect(verifyChain(entries, head)).toBeNull();
		});

		it('is read from any entry on', async () => {
			const log = await writer();
			for (let index = 0; index < 4; index++) await log.append(draft());
			const numbers = async (after?: number) => (await log.read(after)).entries.map(({ sequence }) => sequence);
			expect([await numbers(0), await numbers(3), await numbers(4), await numbers(9)]).toEqual([[1, 2, 3, 4], [4], [], []]);
			expect((await log.read(4)).head?.sequence).toBe(4);
		});

		it('loses nothing of writers that append at once', async () => {
			const writers = await Promise.all(Array.from({ length: 3 }, writer));
			await Promise.all(writers.flatMap((log, own) => [1, 2, 3].map((release) => log.append(ofWriter(own, release)))));
			const { entries, head } = await (writers[0] as AuditLog).read();
			expect(entries.map(({ subject }) => subject.release).sort()).toEqual([1, 2, 3, 11, 12, 13, 21, 22, 23].sort());
			expect(verifyChain(entries, head)).toBeNull();
		});
	});
}

const ofWriter = (writer: number, release: number) => draft({ subject: { ...draft().subject, release: writer * 10 + release } });
