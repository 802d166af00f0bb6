import { addRoleChange, mergeRoleChanges } from '../../../../src/lib/kubernetes/state/role-changes-text.ts';
import { roleChange } from '../../../support/failover-store-contract.ts';

const place = 'Lease plant/flowferry-line-active';

function write(count: number, detail = 'x'): string {
	let text: string | null = null;
	for (let token = 1; token <= count; token++) text = addRoleChange(text, roleChange(token, { detail }), place);
	return text ?? '';
}

describe("the changes of a seat's role", () => {
	it('are the latest 50', () => {
		const changes = mergeRoleChanges([{ place, text: write(60) }], 100);
		expect([changes.length, changes[0]?.token, changes.at(-1)?.token]).toEqual([50, 60, 11]);
	});

	it('are fewer where they are long, and one at least: an annotation has little room', () => {
		const text = write(30, 'd'.repeat(10_000));
		expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64 * 1024);
		expect(mergeRoleChanges([{ place, text }], 100)[0]?.token).toBe(30);
		expect(mergeRoleChanges([{ place, text: write(2, 'd'.repeat(100_000)) }], 100).map(({ token }) => token)).toEqual([2]);
	});

	it('stay in the order in which a seat wrote them, also at the same moment', () => {
		const at = roleChange(1).at;
		const text = addRoleChange(addRoleChange(null, roleChange(1, { at }), place), roleChange(2, { at }), place);
		expect(mergeRoleChanges([{ place, text }], 9).map(({ token }) => token)).toEqual([2, 1]);
	});

	it('stand there once, though one whose answer was lost was written again', () => {
		const once = addRoleChange(addRoleChange(null, roleChange(1, { role: 'standby' }), place), roleChange(1), place);
		expect(addRoleChange(once, roleChange(1), place)).toBe(once);
		expect(mergeRoleChanges([{ place, text: once }], 9)).toHaveLength(2);
	});

	it.each(['', '{', '{}', '[1]', '[{}]'])('are not taken where somebody wrote %j', (text) => {
		const fault = expect.objectContaining({ code: 'STATE_UNUSABLE', message: expect.stringContaining(place) });
		expect(() => mergeRoleChanges([{ place, text }], 9)).toThrow(fault);
		expect(() => addRoleChange(text, roleChange(1), place)).toThrow(fault);
	});
});
