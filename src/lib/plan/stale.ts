import { canonicalJson } from '../flows/canonical.ts';
import { changedPaths, type Digests, leavesOf } from './configuration.ts';
import type { Plan } from './plan.ts';
import type { SavedPlan } from './saved-plan.ts';

/** What a plan comes to that is made now, of the same snapshot and with the same flags. */
export interface PlanNow {
	version: string;
	target: string;
	configuration: Digests;
	plan: Plan;
}

/** How many keys are named of each kind. */
const NAMED = 8;
/** A longer value is only said to differ. */
const LONGEST_SHOWN = 60;

/**
 * What of a plan decides nothing by itself: remarks that follow from the rest, where the snapshot came from, and what has been installed
 * since.
 */
const NOT_DECISIVE: ReadonlySet<string> = new Set(['origin', 'installs', 'sinceServing', 'warnings']);

/** What has changed since a plan was saved, as sentences without their full stop; nothing: it may be applied. Pure. */
export function staleReasons(saved: SavedPlan, now: PlanNow): string[] {
	const { environment } = saved;
	if (saved.target !== now.target) return [`it was made for another ${environment}: one with a state of its own`];
	const reasons: string[] = [];
	if (saved.version !== now.version)
		reasons.push(`flowferry ${saved.version} made it, and this is ${now.version}, which may judge the flows otherwise`);
	const paths = changedPaths(saved.configuration, now.configuration);
	if (paths.length > 0) reasons.push(`the configuration has changed: ${someOf(paths)}`);
	const [from, serving] = [saved.plan.from, now.plan.from];
	if (from?.release !== serving?.release) return [`${nameRelease(serving)} serves now, and no longer ${nameRelease(from)}`, ...reasons];
	return [...reasons, ...differencesOf(saved.plan, now.plan)];
}

/** The same where it is to be applied with another image; nothing: with its own. @param image the id; null: none was given */
export function staleImage(saved: Pick<SavedPlan, 'image'>, image: string | null): string[] {
	const own = saved.image ?? null;
	const nameOf = (id: string | null) => (id === null ? 'the one by the configuration' : id.replace(/^(sha256:.{12}).*/, '$1'));
	return own === image ? [] : [`its image is ${nameOf(own)}, and this is ${nameOf(image)}`];
}

function nameRelease(from: Plan['from']): string {
	return from ? `release ${from.release}` : 'nothing';
}

function differencesOf(before: Plan, after: Plan): string[] {
	const { blockers = [], ...rest } = after;
	const blocked = blockers.filter(({ code }) => !before.blockers.some((known) => known.code === code)).map(({ message }) => message);
	const [old, next] = [leaves(before), leaves({ ...rest, blockers: before.blockers })];
	const paths = [...new Set([...old.keys(), ...next.keys()])].filter((path) => old.get(path) !== next.get(path));
	const told = paths.slice(0, NAMED).map((path) => tell(path, old.get(path), next.get(path)));
	const more = paths.length > NAMED ? [`and ${paths.length - NAMED} more of the plan`] : [];
	return [...blocked, ...told, ...more];
}

/** By path; lists are one value. Through JSON, as a saved one has come. */
function leaves(plan: Plan): Map<string, string> {
	const decisive = Object.entries(JSON.parse(JSON.stringify(plan)) as object).filter(([key]) => !NOT_DECISIVE.has(key));
	return new Map(leavesOf(Object.fromEntries(decisive), '').map(([path, value]) => [path, canonicalJson(value)]));
}

function tell(path: string, before = 'none', after = 'none'): string {
	return Math.max(before.length, after.length) > LONGEST_SHOWN
		? `the plan's ${path} is another`
		: `the plan's ${path} was ${before}, and is ${after}`;
}

function someOf(paths: string[]): string {
	const more = paths.length > NAMED ? [`and ${paths.length - NAMED} more`] : [];
	return [...paths.slice(0, NAMED), ...more].join(', ');
}
