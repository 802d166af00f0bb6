import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Family, Severity } from '../../src/lib/lint/finding.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Ids by node type, separated by spaces: all that stands here of somebody else's flows. */
export type NodeList = Record<string, string>;

/** What a person who read the flows found in them. The numbers of the benchmark compare the lint with it. */
export interface Labels {
	/** In the folder of flows. */
	file: string;
	/** The flows that were labelled completely, by id. With a list, global config nodes are not labelled. */
	labelledFlows: 'all' | string[];
	hazards: LabelledHazard[];
	/** A finding here is neither right nor wrong: it depends on more than the file tells, or repeats what another label says. */
	tolerated: { class: Family; why: string; nodes: NodeList }[];
	/** Look like hazards and are none. A finding of that class is a false alarm, as it is at every node without a label. */
	temptations: { looksLike: string; because: string; nodes: NodeList }[];
	/** Disabled flows, unused subflows, and inactive nodes outside of these. */
	inactive: { flows: string; nodes: string };
}

export interface LabelledHazard {
	class: Family;
	/** How grave in this mode; null where it is no hazard there. */
	hotSpare: Severity | null;
	loadBalanced: Severity | null;
	hazard: string;
	/** One hazard that concerns all these nodes: one finding at any of them is enough, and none is wrong. */
	anyOf?: boolean;
	nodes: NodeList;
}

export interface CorpusFile {
	labels: Labels;
	flowsPath: string;
}

/** Where the labelled flow files are: in FLOWFERRY_CORPUS or its folder `flows`, or beside the checkout. They are third parties'. */
export function corpusFolder(): string {
	const folder = process.env.FLOWFERRY_CORPUS || join(root, '..', 'shared', 'corpus');
	const flows = join(folder, 'flows');
	return existsSync(flows) ? flows : folder;
}

/** The labelled files; null where the folder is not on this machine. */
export function readCorpus(folder = corpusFolder()): CorpusFile[] | null {
	if (!existsSync(folder)) return null;
	return readLabels().map((labels) => ({ labels, flowsPath: join(folder, labels.file) }));
}

export function readLabels(): Labels[] {
	const folder = join(root, 'test', 'corpus');
	return readdirSync(folder)
		.filter((name) => name.endsWith('.labels.json'))
		.sort()
		.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

export function idsOf(nodes: NodeList): string[] {
	return Object.values(nodes).flatMap(splitIds);
}

export function splitIds(ids: string): string[] {
	return ids.split(' ').filter((id) => id !== '');
}
