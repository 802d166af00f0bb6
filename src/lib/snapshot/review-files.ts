import { isLayout } from '../flows/diff/pairs.ts';
import type { FlowNode } from '../flows/node.ts';
import { FileNames } from './file-names.ts';
import type { Snapshot } from './snapshot.ts';

/** The file that says what the others are; by the words in it they are known as ours. */
export const ABOUT = 'ABOUT.txt';
export const MARK = 'Written by flowferry for reviews';

/** What code and text of several lines is called, by node type; else `txt`. */
const EXTENSIONS: Record<string, string> = { function: 'js', ui_template: 'html', 'ui-template': 'vue' };

/**
 * A snapshot's flows as people review them: a JSON file for each tab and subflow and one for all that stands on none, with code and text of several
 * lines in files of their own, so that git's diff between two commits reads well. Where nodes stand in the editor is left out. Nothing
 * is read back from these: the canonical snapshot alone counts.
 * @returns text by path, with `/`; paths fit every file system, whatever the labels
 */
export function reviewFiles({ id, content, author, time, message }: Snapshot): Map<string, string> {
	const { flows } = content;
	const homes = flows.filter(isHome);
	const ids = new Set(homes.map(({ id }) => id));
	const about = `Snapshot ${id}\n${time} by ${author}\n\n${message.trim()}`.trim();
	const files = new Map([[ABOUT, `${about}\n\n${MARK}, and read by nobody else: the snapshot itself is in snapshots/.\n`]]);
	const names = new FileNames();
	const labels = homes.map((home) => ({ key: home.id, label: labelOf(home) }));
	names.claim([...labels, { key: '', label: 'config nodes' }]);
	for (const home of [...homes, null]) {
		const members = flows.filter((node) => (home === null ? !isHome(node) && !ids.has(node.z ?? '') : isIn(node, home)));
		if (members.length > 0) addFlow(files, names.of(home?.id ?? ''), members);
	}
	return files;
}

function addFlow(files: Map<string, string>, folder: string, members: readonly FlowNode[]): void {
	const texts = members.flatMap((node) =>
		Object.entries(node).flatMap(([key, value]) => (typeof value === 'string' && isText(key, value) ? [{ node, key, value }] : [])),
	);
	const names = new FileNames();
	names.claim(texts.map(({ node, key }) => ({ key: keyOf(node, key), label: `${node.name || node.type}.${key}`, id: node.id })));
	const pathOf = (node: FlowNode, key: string) => `${folder}/${names.of(keyOf(node, key))}.${EXTENSIONS[node.type] ?? 'txt'}`;
	for (const { node, key, value } of texts) files.set(pathOf(node, key), value.endsWith('\n') ? value : `${value}\n`);
	const shown = members.map((node) =>
		Object.fromEntries(
			Object.entries(node)
				.filter(([key]) => !isLayout(node, key))
				.map(([key, value]) => [key, typeof value === 'string' && isText(key, value) ? `→ ${pathOf(node, key)}` : value]),
		),
	);
	files.set(`${folder}.json`, `${JSON.stringify(shown, null, 2)}\n`);
}

function isText(key: string, value: string): boolean {
	return value.includes('\n') || (key === 'func' && value !== '');
}

function isHome(node: FlowNode): boolean {
	return node.type === 'tab' || node.type === 'subflow';
}

function isIn(node: FlowNode, home: FlowNode): boolean {
	return node === home || (!isHome(node) && node.z === home.id);
}

function labelOf(home: FlowNode): string {
	return home.type === 'tab' ? String(home.label ?? '') : `subflow ${home.name ?? ''}`;
}

function keyOf(node: FlowNode, key: string): string {
	return JSON.stringify([node.id, key]);
}
