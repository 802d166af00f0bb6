/** One flow as the admin API gives it (`GET /flow/:id`): the tab's own properties, and what stands in it as lists. */
interface SingleFlow {
	id: string;
	/** Absent for the flow `global`, which is no tab but what all tabs share. */
	nodes?: unknown[];
	configs?: unknown[];
	subflows?: unknown[];
	[property: string]: unknown;
}

/** Source of the shape: `getFlow` in @node-red/runtime/lib/flows/index.js. */
export function isSingleFlow(content: unknown): content is SingleFlow {
	if (typeof content !== 'object' || content === null || Array.isArray(content)) return false;
	const { id, type, nodes, configs, subflows } = content as Record<string, unknown>;
	if (typeof id !== 'string' || type !== undefined) return false;
	return Array.isArray(nodes) || (id === 'global' && (Array.isArray(configs) || Array.isArray(subflows)));
}

/** The same as a flow file would hold it. Entries that are no nodes are left for the checks of flow files to name. */
export function flattenSingleFlow({ nodes, configs, subflows, ...tab }: SingleFlow): unknown[] {
	const inTab = (entry: unknown) => placeIn(entry, tab.id);
	const shared = [...(subflows ?? []).flatMap(flattenSubflow), ...(nodes === undefined ? (configs ?? []) : (configs ?? []).map(inTab))];
	return nodes === undefined ? shared : [{ ...tab, type: 'tab' }, ...shared, ...nodes.map(inTab)];
}

/** A subflow's nodes are listed inside it. */
function flattenSubflow(subflow: unknown): unknown[] {
	if (typeof subflow !== 'object' || subflow === null) return [subflow];
	const { nodes, configs, ...definition } = subflow as Record<string, unknown>;
	const members = [nodes, configs].flatMap((list) => (Array.isArray(list) ? list : []));
	return [definition, ...members.map((entry) => placeIn(entry, definition.id))];
}

function placeIn(entry: unknown, container: unknown): unknown {
	return typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? { ...entry, z: container } : entry;
}
