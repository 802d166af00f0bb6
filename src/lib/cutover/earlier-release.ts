import { FlowferryError } from '../errors/flowferry-error.ts';
import type { Journal, Release, SlotName } from '../promotion/journal.ts';

/**
 * The release that a rollback goes to.
 * @param number default: the one that the other slot holds, else the one that served before
 * @throws FlowferryError RELEASE_UNKNOWN, NOTHING_TO_RETURN_TO
 */
export async function releaseToReturnTo(
	journal: Journal,
	{ slot, release: serving }: { slot: SlotName; release: Release },
	number?: number,
): Promise<Release> {
	if (number !== undefined) {
		const wanted = await journal.release(number);
		if (wanted && wanted.number !== serving.number) return wanted;
		throw new FlowferryError({
			code: 'RELEASE_UNKNOWN',
			message: wanted ? `release ${number} serves already` : `there is no release ${number}`,
			hint: '`flowferry status` lists the releases',
		});
	}
	const slots = await journal.slots();
	const warm = slots[slot === 'blue' ? 'green' : 'blue'];
	const earlier = warm ?? (await latestThatServed(journal, serving));
	if (earlier) return earlier;
	throw new FlowferryError({
		code: 'NOTHING_TO_RETURN_TO',
		message: `release ${serving.number} is the only one that ever served`,
		hint: 'promote the snapshot that you want: flowferry snapshot list',
	});
}

async function latestThatServed(journal: Journal, serving: Release): Promise<Release | null> {
	const history = await journal.history(1000);
	const served = history.find(
		({ state, to }) => (state.kind === 'baking' || state.kind === 'retired') && to.release.number !== serving.number,
	);
	return served?.to.release ?? null;
}
