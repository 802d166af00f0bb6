/** New values of properties, by the id of their node; undefined removes the property. */
export type PropertyChanges = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/**
 * The text of a flow file with other values in some nodes. Shape, order and indentation stay; a file that Node-RED wrote keeps
 * every byte of what did not change. The text is one that `parseFlows` takes.
 */
export function rewriteFlows(text: string, changes: PropertyChanges): string {
	const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
	const body = text.slice(mark.length);
	const indent = /^\s*[[{]\r?\n([ \t]+)/.exec(body)?.[1] ?? '';
	const end = /\s*$/.exec(body)?.[0] ?? '';
	return mark + JSON.stringify(rewrite(JSON.parse(body), changes), null, indent) + end;
}

/** Where nodes stand in the shapes that flows come in: the file itself, and the lists of the admin API's answers. */
const LISTS = ['flows', 'nodes', 'configs', 'subflows'];

function rewrite(value: unknown, changes: PropertyChanges): unknown {
	if (Array.isArray(value)) return value.map((item) => rewrite(item, changes));
	if (typeof value !== 'object' || value === null) return value;
	const node = { ...value } as Record<string, unknown>;
	if ('type' in node || 'id' in node) Object.assign(node, changes.get(String(node.id)));
	for (const list of LISTS) if (Array.isArray(node[list]) && isHolder(node)) node[list] = rewrite(node[list], changes);
	return node;
}

/** A node's own property may be called so too; what holds nodes has no wires and no place on the canvas. */
function isHolder(node: Record<string, unknown>): boolean {
	return node.type === undefined || node.type === 'subflow';
}
