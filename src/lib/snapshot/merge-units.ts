/** Merges two histories of a store, without conflicts: a snapshot is one unit, the review folder another, any other file one by itself. */

/** What a commit holds, by unit: the lines of `git ls-tree`, one for each file. */
export type Units = ReadonlyMap<string, readonly string[]>;

/** The unit that holds the newest snapshot's files for review. */
export const REVIEW = 'review';

/** Groups what `git ls-tree -r -z` printed. */
export function unitsOf(listing: string): Units {
	const lines = listing.split('\0').filter((line) => line !== '');
	return Map.groupBy(lines, (line) => unitOf(pathOf(line)));
}

/** Of a line of `git ls-tree`: `100644 blob 1f2e…\tpath`. */
export function pathOf(line: string): string {
	return line.slice(line.indexOf('\t') + 1);
}

/** A snapshot's unit is its id, in whatever folder it lies. */
function unitOf(path: string): string {
	const id = /^snapshots\/(?:[0-9a-f]{2}\/)?([0-9a-f]{64})\//.exec(path)?.[1];
	return id ?? (path.startsWith(`${REVIEW}/`) ? REVIEW : path);
}

export interface Merge {
	/** Units whose files are to be theirs, or, where they have none, to go. */
	takeTheirs: string[];
	/** Units that both changed, each in its own way. */
	contested: string[];
}

/**
 * What of theirs comes in: what they changed and we did not. A unit that one side removed and the other left alone is gone.
 * @param kept ours that stay even where they removed them
 */
export function mergeUnits(base: Units, ours: Units, theirs: Units, kept: ReadonlySet<string> = new Set()): Merge {
	const merge: Merge = { takeTheirs: [], contested: [] };
	for (const unit of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])) {
		const [before, mine, other] = [base, ours, theirs].map((units) => units.get(unit)?.join('\0'));
		if (mine === other || other === before || (other === undefined && kept.has(unit))) continue;
		if (mine === before || mine === undefined) merge.takeTheirs.push(unit);
		// What one side has removed and the other one changed stays.
		else if (other !== undefined) merge.contested.push(unit);
	}
	return merge;
}
