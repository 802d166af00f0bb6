import type { AnyNode, CallExpression, MemberExpression, Node } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { type Binding, bindingsOf, type ContextNames, findNames } from './context-names.ts';
import { createLineOf, type LineOf } from './line-of.ts';

/** The syntax tree of one script, walked once for all that look into it. */
export interface Syntax {
	tree: Node;
	/** All nodes that are evaluated, inner ones before those around them; names of properties are not among them. */
	nodes: readonly AnyNode[];
	/** Calls and accesses to properties, in the same order. */
	uses: readonly Use[];
	bindings: readonly Binding[];
	/** What names stand for. */
	names: ContextNames;
	/** From 1, without the frame. */
	lineOf: LineOf;
}

export interface Use {
	node: CallExpression | MemberExpression;
	/** From the outermost down to the node itself. */
	ancestors: readonly AnyNode[];
}

/** @param text that the tree was parsed from: the script, with a first line that is its frame */
export function walkSyntax(tree: Node, text: string): Syntax {
	const nodes: AnyNode[] = [];
	const uses: Use[] = [];
	fullAncestor(tree, (visited, _state, ancestors) => {
		const node = visited as AnyNode;
		nodes.push(node);
		if (node.type === 'CallExpression' || node.type === 'MemberExpression') uses.push({ node, ancestors: ancestors.slice() as AnyNode[] });
	});
	const bindings = bindingsOf(nodes);
	return { tree, nodes, uses, bindings, names: findNames(bindings), lineOf: createLineOf(text, 1) };
}
