import type { PaletteModule, Snapshot, SnapshotSource } from './snapshot.ts';

/** A snapshot without its flows: what lists show, and what `--json` gives. */
export interface SnapshotSummary {
	id: string;
	time: string;
	author: string;
	message: string;
	source: SnapshotSource;
	/** Tabs. */
	flows: number;
	/** Everything but tabs, subflow definitions and groups. */
	nodes: number;
	palette: PaletteModule[];
	/** Version. */
	nodeRed: string;
}

const CONTAINERS = new Set(['tab', 'subflow', 'group']);

export function summarise({ id, time, author, message, source, content }: Snapshot): SnapshotSummary {
	return {
		id,
		time,
		author,
		message,
		source,
		flows: content.flows.filter((node) => node.type === 'tab').length,
		nodes: content.flows.filter((node) => !CONTAINERS.has(node.type)).length,
		palette: content.palette,
		nodeRed: content.nodeRed.version,
	};
}
