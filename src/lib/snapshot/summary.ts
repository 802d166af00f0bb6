import { requiredVariables } from '../flows/required-variables.ts';
import { toText } from '../flows/scalar.ts';
import type { PaletteModule, Snapshot, SnapshotSource, SourceRuntime } from './snapshot.ts';

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
	/** The nodes whose credentials it holds, by id. */
	credentials: { id: string; type: string; name: string /** What they are called. */; names: string[] }[];
	/** Environment variables that the flows read and do not set themselves, by name. */
	variables: string[];
	/** What was found where the flows came from; null where that was not recorded. */
	runtime: SourceRuntime | null;
}

const CONTAINERS = new Set(['tab', 'subflow', 'group']);

export function summarise({ id, time, author, message, source, content, runtime }: Snapshot): SnapshotSummary {
	const nodes = new Map(content.flows.map((node) => [node.id, node]));
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
		credentials: Object.entries(content.credentials ?? {}).map(([node, { names }]) => {
			const { type = '', name, label } = nodes.get(node) ?? {};
			return { id: node, type, name: toText(name) || toText(label), names };
		}),
		variables: requiredVariables(content.flows).map(({ name }) => name),
		runtime: runtime ?? null,
	};
}
