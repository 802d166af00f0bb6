import type { AnyNode, Pattern } from 'acorn';

export type ContextScope = 'node' | 'flow' | 'global';

/** What an expression stands for: one of the context objects, or one of their methods. */
export type ContextRef = { is: 'context'; scope: ContextScope } | { is: 'method'; scope: ContextScope; method: 'get' | 'set' };

/** What names mean in one script. Scopes are not told apart: a name that means something else anywhere in the script means nothing here. */
export interface ContextNames {
	refs: ReadonlyMap<string, ContextRef>;
	/** Names that are only ever bound to one text: `const KEY = 'count'`. */
	texts: ReadonlyMap<string, string>;
}

const given: [string, ContextRef][] = [
	['context', { is: 'context', scope: 'node' }],
	['flow', { is: 'context', scope: 'flow' }],
	['global', { is: 'context', scope: 'global' }],
];

/** Finds aliases (`const f = flow`, `const { get } = global`, `let g = context.global`), through any number of steps. */
export function findNames(bindings: readonly Binding[]): ContextNames {
	const refs = new Map(given.filter(([name]) => !bindings.some((binding) => binding.name === name && !isSelf(binding))));
	const texts = new Map<string, string>();
	for (let grown = true; grown; ) {
		grown = false;
		for (const { name, value, path } of bindings) {
			if (refs.has(name) || !value) continue;
			const ref = followPath(resolveRef(value, { refs, texts }), path);
			if (!ref) continue;
			refs.set(name, ref);
			grown = true;
		}
	}
	const timesBound = new Map<string, number>();
	for (const { name } of bindings) timesBound.set(name, (timesBound.get(name) ?? 0) + 1);
	for (const { name, value, path } of bindings) {
		const text = path.length === 0 && value ? textOf(value, { refs, texts: new Map() }) : null;
		if (text !== null && timesBound.get(name) === 1) texts.set(name, text);
	}
	return { refs, texts };
}

/** The context object or method that an expression stands for, if any. */
export function resolveRef(node: AnyNode, names: ContextNames): ContextRef | undefined {
	switch (node.type) {
		case 'Identifier':
			return names.refs.get(node.name);
		case 'ChainExpression':
		case 'ParenthesizedExpression':
			return resolveRef(node.expression, names);
		case 'AwaitExpression':
			return resolveRef(node.argument, names);
		case 'MemberExpression': {
			const property = propertyName(node, names);
			return property === null ? undefined : followPath(resolveRef(node.object as AnyNode, names), [property]);
		}
		case 'CallExpression':
			return resolveCall(node.callee as AnyNode, names);
		default:
			return undefined;
	}
}

/** `node.context()`, as in other nodes' code, and `flow.get.bind(flow)`. */
function resolveCall(callee: AnyNode, names: ContextNames): ContextRef | undefined {
	if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return undefined;
	if (callee.property.name === 'bind') return resolveRef(callee.object as AnyNode, names);
	const isNodeContext = callee.property.name === 'context' && callee.object.type === 'Identifier' && callee.object.name === 'node';
	return isNodeContext ? { is: 'context', scope: 'node' } : undefined;
}

function followPath(ref: ContextRef | undefined, path: string[]): ContextRef | undefined {
	let here = ref;
	for (const step of path) {
		if (here?.is !== 'context') return undefined;
		if (step === 'get' || step === 'set') here = { is: 'method', scope: here.scope, method: step };
		else if (here.scope === 'node' && (step === 'flow' || step === 'global')) here = { is: 'context', scope: step };
		else return undefined;
	}
	return here;
}

/** The name of a property where the code tells it: `a.b`, `a['b']`, `a[KEY]`. */
export function propertyName(node: AnyNode, names: ContextNames): string | null {
	if (node.type !== 'MemberExpression') return null;
	if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : null;
	return textOf(node.property as AnyNode, names);
}

/** The text that an expression always is; null where it depends. */
export function textOf(node: AnyNode, names: ContextNames): string | null {
	if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
	if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null;
	if (node.type === 'Identifier') return names.texts.get(node.name) ?? null;
	if (node.type === 'BinaryExpression' && node.operator === '+') {
		const left = textOf(node.left as AnyNode, names);
		const right = textOf(node.right, names);
		return left === null || right === null ? null : left + right;
	}
	return null;
}

export interface Binding {
	name: string;
	/** What is bound; undefined for parameters and declarations without a value. */
	value: AnyNode | undefined;
	/** Properties between the value and the name, for destructuring. */
	path: string[];
}

function isSelf(binding: Binding): boolean {
	return binding.value?.type === 'Identifier' && binding.value.name === binding.name && binding.path.length === 0;
}

/** All that the nodes of a script bind, declarations and plain assignments alike. */
export function bindingsOf(nodes: readonly AnyNode[]): Binding[] {
	const bindings: Binding[] = [];
	const bind = (pattern: Pattern, value: AnyNode | undefined, path: string[] = []): void => {
		if (pattern.type === 'Identifier') bindings.push({ name: pattern.name, value, path });
		else if (pattern.type === 'AssignmentPattern') bind(pattern.left, value, path);
		else if (pattern.type === 'ObjectPattern') {
			for (const property of pattern.properties) {
				if (property.type === 'RestElement') bind(property.argument, undefined);
				else if (property.key.type === 'Identifier' && !property.computed) bind(property.value, value, [...path, property.key.name]);
			}
		} else if (pattern.type === 'ArrayPattern') for (const element of pattern.elements) if (element) bind(element, undefined);
	};
	for (const node of nodes) {
		if (node.type === 'VariableDeclarator') bind(node.id, node.init ?? undefined);
		else if (node.type === 'AssignmentExpression' && node.operator === '=' && node.left.type !== 'MemberExpression')
			bind(node.left, node.right);
		else if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression') {
			if (node.type === 'FunctionDeclaration' && node.id) bindings.push({ name: node.id.name, value: undefined, path: [] });
			for (const parameter of node.params) bind(parameter, undefined);
		}
	}
	return bindings;
}
