import type { FlowNode } from '../../flows/node.ts';
import type { Rule } from '../rule.ts';
import { listNames } from '../words.ts';

export const machinePath: Rule = {
	id: 'machine-path',
	family: 'portability',
	summary: "A path into a person's home or a drive of one machine",
	*check(context) {
		const byFolder = new Map<string, { node: FlowNode; path: string }[]>();
		for (const node of context.ofType('file', 'file in', 'watch', 'exec', 'tail', 'sqlitedb')) {
			const path = pathOf(node);
			if (path === null) continue;
			const folder = (homeOrDrive.exec(path)?.[0] ?? path).toLowerCase();
			const known = byFolder.get(folder);
			if (known) known.push({ node, path });
			else byFolder.set(folder, [{ node, path }]);
		}
		for (const uses of byFolder.values()) {
			const [first] = uses;
			if (!first) continue;
			yield {
				node: first.node,
				severity: 'info',
				confidence: 'high',
				message: `It names ${listNames(uses.map(({ path }) => path))}: a place that another machine, or a container, does not have.${uses.length === 1 ? '' : ` (Said once for ${uses.length} nodes.)`}`,
				remediation: 'Let the path come from a variable that each environment sets, or be relative to a volume that every instance has.',
				related: uses.slice(1, 4).map(({ node }) => ({ node, why: 'names a path in the same place' })),
			};
		}
	},
};

const homeOrDrive = /\/(?:home|Users)\/[^/\s"']+|\/root(?=\/)|\b[A-Za-z]:\\[^\s"'\\]*/;

/** The path that a node names itself and that leads into such a place; null where a message or a variable names it. */
function pathOf(node: FlowNode): string | null {
	const fixed = node.filenameType === undefined || node.filenameType === 'str';
	const field =
		node.type === 'exec' ? node.command : node.type === 'watch' ? node.files : node.type === 'sqlitedb' ? node.db : node.filename;
	if (!fixed || typeof field !== 'string') return null;
	const at = homeOrDrive.exec(field);
	return at ? (/^[^\s"']+/.exec(field.slice(at.index))?.[0] ?? null) : null;
}
