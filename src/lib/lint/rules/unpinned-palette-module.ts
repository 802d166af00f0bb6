import type { FlowNode } from '../../flows/node.ts';
import { moduleOfType, opennessOf, type PaletteModule } from '../palette.ts';
import type { Rule } from '../rule.ts';

export const unpinnedPaletteModule: Rule = {
	id: 'unpinned-palette-module',
	family: 'portability',
	summary: 'A module of the palette whose version is left open',
	*check(context) {
		const { palette } = context;
		if (!palette || palette.isLocked) return;
		const users = new Map<PaletteModule, FlowNode[]>();
		for (const node of context.inUse) {
			const module = moduleOfType(palette, node.type, context.lookUp(node.type));
			if (!module || opennessOf(module.wanted) === 'exact') continue;
			const known = users.get(module);
			if (known) known.push(node);
			else users.set(module, [node]);
		}
		for (const [{ name, wanted }, nodes] of users) {
			const [first] = nodes;
			if (!first) continue;
			const balanced = context.mode === 'load-balanced';
			const said = nodes.length === 1 ? '' : ` (Said once for ${nodes.length} nodes.)`;
			yield {
				node: first,
				severity: opennessOf(wanted) === 'open' ? 'warning' : 'info',
				confidence: 'high',
				message: `${palette.origin} asks for ${name} as ${describe(wanted)}: what is installed later may be another version, and ${balanced ? 'the instances' : 'the spare and the active instance'} may run different code.${said}`,
				remediation: `Ask for the exact version that was tested (npm install --save-exact ${name}), or keep the lockfile beside package.json.`,
				related: nodes.slice(1, 4).map((node) => ({ node, why: 'of the same module' })),
			};
		}
	},
};

/** Without the user and password that an address may hold. */
function describe(wanted: string): string {
	return wanted.trim() === '' ? 'any version' : `"${wanted.trim().replace(/\/\/[^/@]+@/, '//')}"`;
}
