import type { PlacedChange } from '../gate/fix.ts';
import { count, printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** Changes as a diff of properties, node by node. `written`: whether they have been made. */
export function renderFixes(changes: readonly PlacedChange[], written: boolean, theme: Theme): string {
	if (changes.length === 0) return 'Nothing can be fixed mechanically.';
	const groups = Map.groupBy(changes, ({ origin, nodeId }) => JSON.stringify([origin, nodeId]));
	const blocks = [...groups.values()].map((own) => renderNode(own, theme));
	const made = written ? `${count(changes.length, 'change')} written` : `${count(changes.length, 'change')} possible; --write makes them`;
	return [...blocks, made].join('\n\n');
}

function renderNode(changes: readonly PlacedChange[], theme: Theme): string {
	const { origin, nodeType, nodeName, nodeId } = changes[0] as PlacedChange;
	const name = nodeName === '' ? printable(nodeId) : `"${printable(nodeName)}" ${printable(nodeId)}`;
	const lines = changes.flatMap(({ property, before, after }) => [
		...(before === undefined ? [] : [theme.error(`  - ${printable(property)}: ${show(before)}`)]),
		...(after === undefined ? [] : [theme.good(`  + ${printable(property)}: ${show(after)}`)]),
	]);
	const why = new Set(changes.map((change) => `    ${printable(change.why)}`));
	return [theme.strong(`${printable(origin)}: ${printable(nodeType)} ${name}`), ...lines, ...why].join('\n');
}

function show(value: unknown): string {
	return printable(JSON.stringify(value) ?? '');
}
