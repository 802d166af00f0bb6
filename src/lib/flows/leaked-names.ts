import type { AnyNode } from 'acorn';
import { full } from 'acorn-walk';
import type { Syntax } from './syntax.ts';

/** A variable that is assigned without a declaration: it lives in the node's sandbox, and from one message to the next. */
export interface LeakedName {
	name: string;
	line: number;
}

/** What the sandbox and the frame of each script give (core/function/10-function.js). */
const given = new Set([
	...['msg', 'node', 'context', 'flow', 'global', 'env', 'RED', 'util', 'console', 'Buffer', 'Date', 'URL', 'URLSearchParams'],
	...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'promisify', 'undefined', 'NaN', 'Infinity', 'arguments', 'globalThis'],
	...['__send__', '__done__', '__msgid__'],
]);

/**
 * Names whose first use, in the order of evaluation, looks at what an earlier message has left. One that is always assigned
 * before it is read, such as a loop's counter, carries nothing on.
 */
export function findLeakedNames({ tree, lineOf }: Syntax, libraries: ReadonlyMap<string, string>): LeakedName[] {
	const declared = new Set<string>();
	const assigned = new Map<string, number>();
	const firstUse = new Map<string, { at: number; looksBack: boolean }>();
	const use = (name: string, at: number, looksBack: boolean): void => {
		const known = firstUse.get(name);
		if (!known || at < known.at) firstUse.set(name, { at, looksBack });
	};
	const assign = (target: AnyNode, at: number, looksBack: boolean): void => {
		if (target.type !== 'Identifier') return;
		if (!assigned.has(target.name)) assigned.set(target.name, lineOf(target));
		use(target.name, looksBack ? target.start : at, looksBack);
	};
	full(tree, (visited, _state, role) => {
		const node = visited as AnyNode;
		// Assignments take effect after their right side, and a target is no read.
		if (node.type === 'AssignmentExpression') assign(node.left as AnyNode, node.end, node.operator !== '=');
		else if (node.type === 'UpdateExpression') assign(node.argument as AnyNode, node.start, true);
		else if (node.type === 'Identifier' && role !== 'VariablePattern') use(node.name, node.start, true);
		else if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') assign(node.left as AnyNode, node.left.start, false);
		else declare(node, declared);
	});
	return [...assigned]
		.filter(([name]) => !declared.has(name) && !given.has(name) && !libraries.has(name) && firstUse.get(name)?.looksBack === true)
		.map(([name, line]) => ({ name, line }));
}

function declare(node: AnyNode, declared: Set<string>): void {
	const visit = (pattern: AnyNode | null | undefined): void => {
		switch (pattern?.type) {
			case 'Identifier':
				declared.add(pattern.name);
				break;
			case 'AssignmentPattern':
				visit(pattern.left as AnyNode);
				break;
			case 'RestElement':
				visit(pattern.argument as AnyNode);
				break;
			case 'ArrayPattern':
				for (const element of pattern.elements) visit(element as AnyNode | null);
				break;
			case 'ObjectPattern':
				for (const property of pattern.properties) visit((property.type === 'Property' ? property.value : property) as AnyNode);
		}
	};
	if (node.type === 'VariableDeclaration') for (const { id } of node.declarations) visit(id as AnyNode);
	else if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression') {
		if (node.type !== 'ArrowFunctionExpression') visit(node.id as AnyNode | null);
		for (const parameter of node.params) visit(parameter as AnyNode);
	} else if (node.type === 'ClassDeclaration') visit(node.id as AnyNode | null);
	else if (node.type === 'CatchClause') visit(node.param as AnyNode | null);
}
