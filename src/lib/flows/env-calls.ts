import type { AnyNode } from 'acorn';
import { textOf } from './context-names.ts';
import type { FlowNode } from './node.ts';
import { headOf, parseScript, type ScriptName, scriptNames } from './script.ts';
import { walkSyntax } from './syntax.ts';

/** A variable that a function node asks for by `env.get('NAME')`. */
export interface EnvCall {
	name: string;
	/** The code tells what to do without it: `env.get('NAME') || 8080`, `if (env.get('NAME'))`. */
	hasDefault: boolean;
}

/** The variables that a function node's code asks for by name; a name that is computed is not among them. */
export function findEnvCalls(node: FlowNode): EnvCall[] {
	return scriptNames.flatMap((script) => {
		const source = node[script];
		return typeof source === 'string' && /\benv\b/.test(source) ? callsIn(source, script) : [];
	});
}

function callsIn(source: string, script: ScriptName): EnvCall[] {
	try {
		const tree = parseScript(source, script);
		if ('problem' in tree) return [];
		const { uses, bindings, names } = walkSyntax(tree, headOf(script) + source);
		if (bindings.some(({ name }) => name === 'env')) return [];
		return uses.flatMap(({ node, ancestors }) => {
			if (node.type !== 'CallExpression' || !isEnvGet(node.callee as AnyNode)) return [];
			const [first] = node.arguments;
			const name = first ? textOf(first as AnyNode, names) : null;
			return name === null || name === '' ? [] : [{ name, hasDefault: isAsked(node, ancestors.at(-2)) }];
		});
	} catch (error) {
		// Nested too deeply to be read: nothing of it can be told.
		if (error instanceof RangeError) return [];
		throw error;
	}
}

function isEnvGet(callee: AnyNode): boolean {
	return (
		callee.type === 'MemberExpression' &&
		!callee.computed &&
		callee.object.type === 'Identifier' &&
		callee.object.name === 'env' &&
		callee.property.type === 'Identifier' &&
		callee.property.name === 'get'
	);
}

function isAsked(call: AnyNode, parent: AnyNode | undefined): boolean {
	switch (parent?.type) {
		case 'LogicalExpression':
			return parent.left === call;
		case 'IfStatement':
		case 'ConditionalExpression':
			return parent.test === call;
		case 'UnaryExpression':
			return parent.operator === '!';
		default:
			return false;
	}
}
