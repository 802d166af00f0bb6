import { isContainer, subflowOf } from '../../flows/activity.ts';
import type { FlowNode } from '../../flows/node.ts';
import { findType, type Palette } from '../palette.ts';
import type { Judgement, Rule } from '../rule.ts';
import type { RuleContext } from '../rule-context.ts';

export const missingPaletteModule: Rule = {
	id: 'missing-palette-module',
	family: 'portability',
	summary: 'A node type that no module of the palette brings',
	*check(context) {
		const { palette } = context;
		if (!palette) return;
		// Disabled nodes, too: Node-RED asks for the types of all nodes before it starts any (@node-red/runtime, lib/flows).
		for (const nodes of Map.groupBy(context.graph.nodes, ({ type }) => type).values()) {
			const node = nodes.find(({ id }) => context.graph.activity.running.has(id)) ?? nodes[0];
			if (!node || isContainer(node) || subflowOf(node) !== null) continue;
			const judgement = judge(node, nodes.length, palette, context);
			if (judgement) yield judgement;
		}
	},
};

function judge(node: FlowNode, count: number, palette: Palette, context: RuleContext): Judgement | null {
	const known = context.lookUp(node.type);
	const found = findType(palette, node.type, known);
	// What a team says of its own types may name no module, and some entries of the catalogue are for many.
	const module = known && /^[^\s*]+$/.test(known.module) ? known.module : null;
	if (found === 'there' || (found === 'unsure' && !module)) return null;
	const isSure = found === 'missing';
	const said = count === 1 ? '' : ` (Said once for ${count} nodes.)`;
	return {
		node,
		severity: isSure ? 'error' : 'warning',
		confidence: isSure ? 'high' : 'medium',
		message: `No module of ${palette.origin} brings the type "${node.type}"${module ? `, which is known from ${module}` : ''}. Node-RED starts none of the flows while one type is missing, be its nodes disabled or not.${said}`,
		remediation: module
			? `Install it where the flows are developed (npm install ${module} in the user directory), so that it stands in package.json; or remove the node.`
			: 'Install the module that brings it where the flows are developed, so that it stands in package.json; or remove the node.',
	};
}
