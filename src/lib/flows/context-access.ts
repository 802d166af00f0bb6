import type { AnyNode, CallExpression, MemberExpression } from 'acorn';
import { type ContextNames, type ContextScope, propertyName, resolveRef, textOf } from './context-names.ts';
import type { LineOf } from './line-of.ts';
import type { Syntax } from './syntax.ts';

/** One place where code reads or writes a context. */
export interface ContextAccess {
	kind: 'read' | 'write';
	scope: ContextScope;
	/** As written, without a store prefix; null where it is computed. */
	key: string | null;
	/** A named store; null for the default store. */
	store: string | null;
	/** `context.global.x`, `context.x = …`: forms from before the context API. */
	legacy: boolean;
	/** A change inside an object that was read (`list.push(…)`): in a memory store it changes what is stored. */
	inPlace: boolean;
	/** It does not happen for each message: it stands in a branch, a loop or a callback. */
	conditional: boolean;
	/** What is written, where the code says it outright. */
	constant: boolean | null;
	line: number;
}

const mutators = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'add', 'clear', 'delete', 'set']);

export function findAccesses({ uses, names, lineOf }: Syntax): ContextAccess[] {
	const found: ContextAccess[] = [];
	const held = new Map<string, ContextAccess[]>();
	for (const { node, ancestors } of uses) {
		if (node.type === 'CallExpression') {
			const accesses = accessesOfCall(node, names, lineOf, ancestors);
			found.push(...accesses);
			const name = accesses[0]?.kind === 'read' ? nameThatHolds(ancestors) : null;
			if (name !== null) held.set(name, [...(held.get(name) ?? []), ...accesses]);
		} else found.push(...legacyAccess(node, ancestors, names, lineOf));
	}
	if (found.length > 0) found.push(...findChangesInPlace(uses, held, names, lineOf));
	return found.sort((a, b) => a.line - b.line);
}

function accessesOfCall(call: CallExpression, names: ContextNames, lineOf: LineOf, ancestors?: readonly AnyNode[]): ContextAccess[] {
	const ref = resolveRef(call.callee as AnyNode, names);
	if (ref?.is !== 'method' || call.callee.type === 'CallExpression') return [];
	const conditional = ancestors === undefined || isConditional(ancestors);
	const store = call.arguments[ref.method === 'get' ? 1 : 2] as AnyNode | undefined;
	return keysOf(call.arguments[0] as AnyNode | undefined, names).map((key) => ({
		kind: ref.method === 'get' ? 'read' : 'write',
		scope: ref.scope,
		key,
		store: store ? textOf(store, names) : null,
		legacy: isLegacyObject(call),
		inPlace: false,
		conditional,
		constant: ref.method === 'set' ? constantOf(call.arguments[1] as AnyNode | undefined) : null,
		line: lineOf(call),
	}));
}

/** `context.flow.get(…)`: the context of a flow through that of the node. */
function isLegacyObject(call: CallExpression): boolean {
	const object = call.callee.type === 'MemberExpression' ? call.callee.object : undefined;
	return object?.type === 'MemberExpression' && object.object.type === 'Identifier' && object.object.name === 'context';
}

function keysOf(argument: AnyNode | undefined, names: ContextNames): (string | null)[] {
	if (!argument) return [null];
	if (argument.type !== 'ArrayExpression') return [textOf(argument, names)];
	return argument.elements.map((element) => (element ? textOf(element as AnyNode, names) : null));
}

/** `context.global.x` and `context.x`, read or written. `flow.x` is no context: the sandbox's own objects hold no keys there. */
function legacyAccess(node: MemberExpression, ancestors: readonly AnyNode[], names: ContextNames, lineOf: LineOf): ContextAccess[] {
	const ref = resolveRef(node.object as AnyNode, names);
	if (ref?.is !== 'context' || resolveRef(node, names)) return [];
	const throughContext = node.object.type === 'MemberExpression' || ref.scope === 'node';
	const key = propertyName(node, names);
	if (!throughContext || key === 'keys' || key === 'bind') return [];
	const use = useOf(ancestors);
	const conditional = isConditional(ancestors);
	const base = { scope: ref.scope, key, store: null, legacy: true, conditional, constant: null, line: lineOf(node) };
	const kinds = use === 'update' ? (['read', 'write'] as const) : [use];
	return kinds.map((kind) => ({ ...base, kind, inPlace: false }));
}

const branches = new Set([
	'IfStatement',
	'ConditionalExpression',
	'LogicalExpression',
	'SwitchCase',
	'ForStatement',
	'ForInStatement',
	'ForOfStatement',
	'WhileStatement',
	'CatchClause',
]);

/** Whether the last ancestor runs only sometimes; the outermost function is the frame around each script. */
function isConditional(ancestors: readonly AnyNode[]): boolean {
	let functions = 0;
	for (const ancestor of ancestors) {
		if (branches.has(ancestor.type)) return true;
		if (ancestor.type.includes('Function')) functions++;
	}
	return functions > 1;
}

function constantOf(value: AnyNode | undefined): boolean | null {
	if (value?.type !== 'Literal') return null;
	return value.value === true || value.value === 1 ? true : value.value === false || value.value === 0 ? false : null;
}

/** How the outermost member expression that begins with the last ancestor is used: assigned to, updated, or read. */
function useOf(ancestors: readonly AnyNode[]): 'read' | 'write' | 'update' {
	let inner = ancestors.length - 1;
	while (ancestors[inner - 1]?.type === 'MemberExpression' && (ancestors[inner - 1] as { object: unknown }).object === ancestors[inner])
		inner--;
	const user = ancestors[inner - 1];
	if (user?.type === 'UpdateExpression') return 'update';
	if (user?.type === 'UnaryExpression' && user.operator === 'delete') return 'write';
	if (user?.type === 'AssignmentExpression' && user.left === ancestors[inner]) return user.operator === '=' ? 'write' : 'update';
	const outer = ancestors[inner];
	const method = outer?.type === 'MemberExpression' && outer.property.type === 'Identifier' ? outer.property.name : '';
	return user?.type === 'CallExpression' && user.callee === outer && inner < ancestors.length - 1 && mutators.has(method)
		? 'update'
		: 'read';
}

/** `const list = flow.get('list') || []`: the variable that a read ends up in. */
function nameThatHolds(ancestors: readonly AnyNode[]): string | null {
	for (let index = ancestors.length - 2; index >= 0; index--) {
		const node = ancestors[index] as AnyNode;
		if (node.type === 'VariableDeclarator') return node.id.type === 'Identifier' ? node.id.name : null;
		if (node.type === 'AssignmentExpression') return node.operator === '=' && node.left.type === 'Identifier' ? node.left.name : null;
		if (node.type !== 'LogicalExpression' && node.type !== 'AwaitExpression' && node.type !== 'ParenthesizedExpression') return null;
	}
	return null;
}

function findChangesInPlace(
	uses: Syntax['uses'],
	held: ReadonlyMap<string, ContextAccess[]>,
	names: ContextNames,
	lineOf: LineOf,
): ContextAccess[] {
	const changes: ContextAccess[] = [];
	for (const { node, ancestors } of uses) {
		if (node.type !== 'MemberExpression') continue;
		const sources =
			node.object.type === 'Identifier'
				? held.get(node.object.name)
				: node.object.type === 'CallExpression'
					? accessesOfCall(node.object, names, lineOf).filter((access) => access.kind === 'read')
					: undefined;
		if (!sources || sources.length === 0) continue;
		const user = ancestors.at(-2);
		const called = user?.type === 'CallExpression' && user.callee === node && node.property.type === 'Identifier';
		const changed = called ? mutators.has((node.property as { name: string }).name) : useOf(ancestors) !== 'read';
		if (changed) for (const source of sources) changes.push({ ...source, kind: 'write', inPlace: true, line: lineOf(node) });
	}
	return changes;
}
