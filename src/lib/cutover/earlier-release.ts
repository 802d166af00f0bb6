import { FlowferryError } from '../errors/flowferry-error.ts';
import { type Journal, otherSlot, type Release, type SlotName } from '../promotion/journal.ts';
import { hasServed } from '../promotion/machine.ts';
import { shortId } from '../snapshot/snapshot.ts';

/**
 * The release that a rollback goes to.
 * @param number of one that has served; default: the one that the other slot holds, else the one that served before
 * @throws FlowferryError RELEASE_UNKNOWN, RELEASE_NEVER_SERVED, NOTHING_TO_RETURN_TO
 */
export async function releaseToReturnTo(
	environment: string,
	journal: Journal,
	{ slot, release: serving }: { slot: SlotName; release: Release },
	number?: number,
): Promise<Release> {
	if (number !== undefined) {
		const wanted = await journal.release(number);
		if (!wanted || wanted.number === serving.number)
			throw new FlowferryError({
				code: 'RELEASE_UNKNOWN',
				message: wanted ? `release ${number} serves already` : `there is no release ${number}`,
				hint: '`flowferry status` lists the releases',
			});
		// What nobody has proved is for a promotion to bring over, by the rules of one.
		if (!(await thoseThatServed(journal)).some((served) => served.number === number))
			throw new FlowferryError({
				code: 'RELEASE_NEVER_SERVED',
				message: `release ${number} never served, and a rollback goes to one that has`,
				hint: `promote its snapshot instead: flowferry promote ${environment} --snapshot ${shortId(wanted.snapshot)}`,
			});
		return wanted;
	}
	const slots = await journal.slots();
	const warm = slots[otherSlot(slot)];
	const earlier = warm ?? (await thoseThatServed(journal)).find((served) => served.number !== serving.number);
	if (earlier) return earlier;
	throw new FlowferryError({
		code: 'NOTHING_TO_RETURN_TO',
		message: `release ${serving.number} is the only one that ever served`,
		hint: 'promote the snapshot that you want: flowferry snapshot list',
	});
}

/** The latest first; one that served more than once is there as often. */
async function thoseThatServed(journal: Journal): Promise<Release[]> {
	const history = await journal.history(Number.MAX_SAFE_INTEGER);
	return history.filter(({ state }) => hasServed(state)).map(({ to }) => to.release);
}
