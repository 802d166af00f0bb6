import type { AnyNode, CallExpression } from 'acorn';
import { type ContextNames, resolveRef, textOf } from './context-names.ts';
import type { Syntax } from './syntax.ts';

/** One call of a module that reaches out of Node-RED. */
export interface ModuleCall {
	/** `disk`: files; `program`: other programs; `server`: opens a port. */
	reach: 'disk' | 'program' | 'server';
	/** As the code names it: `fs.writeFileSync`. */
	name: string;
	/** It changes something: a file is written, a program run, a port opened. */
	changes: boolean;
	line: number;
}

const diskModules = /^(?:node:)?fs(?:\/promises)?$|^fs-?extra$|^fse$|^graceful-fs$/i;
const programModules = /^(?:node:)?child_?process$|^shelljs$|^execa$/i;
const serverModules = /^(?:node:)?(?:net|https?|tls|dgram|http2)$|^ws$|^express$/i;
const databaseModules = /^(?:node:)?(?:better-)?sqlite3?$/i;
const reads =
	/^(?:read|exists|stat|lstat|fstat|access|open|opendir|realpath|readlink|createReadStream|watch|watchFile|unwatchFile|constants|promises)/;
const servers = /^(?:createServer|createSocket|createSecureServer|listen|Server|WebSocketServer)$/;

/**
 * Finds modules by what they are bound to: `global.get('fs')`, `context.global.fs`, `require('fs')`, and the modules of the
 * Setup tab (`libraries`: variable → module).
 */
export function findModuleCalls({ nodes, bindings, names, lineOf }: Syntax, libraries: ReadonlyMap<string, string>): ModuleCall[] {
	const modules = new Map(libraries);
	/** What was taken out of a module: `const { writeFileSync } = fs`. */
	const members = new Map<string, { module: string; member: string }>();
	for (const { name, value, path } of bindings) {
		const module = value && path.length < 2 ? moduleOf(value, names, modules) : null;
		if (module === null) continue;
		const [member] = path;
		if (member === undefined) modules.set(name, module);
		else members.set(name, { module, member });
	}
	const writesRows = nodes.some(isWritingSql);
	const calls: ModuleCall[] = [];
	for (const node of nodes) {
		if (node.type !== 'CallExpression' && node.type !== 'NewExpression') continue;
		const called = calledMember(node.callee as AnyNode, names, modules, members);
		const call = called ? describe(called.module, called.member, writesRows) : null;
		if (call) calls.push({ ...call, line: lineOf(node) });
	}
	return calls.sort((a, b) => a.line - b.line);
}

function calledMember(
	callee: AnyNode,
	names: ContextNames,
	modules: ReadonlyMap<string, string>,
	members: ReadonlyMap<string, { module: string; member: string }>,
): { module: string; member: string } | null {
	if (callee.type === 'Identifier') {
		const module = modules.get(callee.name);
		return module === undefined ? (members.get(callee.name) ?? null) : { module, member: callee.name };
	}
	if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return null;
	const module = moduleOf(callee.object as AnyNode, names, modules);
	return module === null ? null : { module, member: callee.property.name };
}

/** Whether some text of the code changes rows: what is done with a database goes through objects that may come from anywhere. */
function isWritingSql(node: AnyNode): boolean {
	const text = node.type === 'Literal' ? node.value : node.type === 'TemplateElement' ? node.value.raw : null;
	return typeof text === 'string' && /\b(?:INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b/i.test(text);
}

function describe(module: string, method: string, writesRows: boolean): Omit<ModuleCall, 'line'> | null {
	const name = `${module}.${method}`;
	if (diskModules.test(module)) return { reach: 'disk', name, changes: !reads.test(method) };
	if (databaseModules.test(module)) return { reach: 'disk', name, changes: writesRows };
	if (programModules.test(module)) return { reach: 'program', name, changes: true };
	if (serverModules.test(module)) return servers.test(method) ? { reach: 'server', name, changes: true } : null;
	return null;
}

/** The module that an expression stands for; its `promises` is taken for the module itself. */
function moduleOf(node: AnyNode, names: ContextNames, modules: ReadonlyMap<string, string>): string | null {
	switch (node.type) {
		case 'Identifier':
			return modules.get(node.name) ?? null;
		case 'AwaitExpression':
			return moduleOf(node.argument, names, modules);
		case 'LogicalExpression':
			return moduleOf(node.left, names, modules) ?? moduleOf(node.right, names, modules);
		case 'MemberExpression': {
			if (node.property.type !== 'Identifier' || node.computed) return null;
			const owner = resolveRef(node.object as AnyNode, names);
			if (owner?.is === 'context' && owner.scope === 'global') return node.property.name;
			return node.property.name === 'promises' ? moduleOf(node.object as AnyNode, names, modules) : null;
		}
		case 'CallExpression':
			return moduleOfCall(node, names);
		default:
			return null;
	}
}

function moduleOfCall(call: CallExpression, names: ContextNames): string | null {
	const [first] = call.arguments;
	const key = first ? textOf(first as AnyNode, names) : null;
	if (key === null) return null;
	if (call.callee.type === 'Identifier' && call.callee.name === 'require') return key;
	const method = resolveRef(call.callee as AnyNode, names);
	if (method?.is === 'method' && method.method === 'get' && method.scope === 'global') return key;
	// global.get('require')('fs')
	return call.callee.type === 'CallExpression' && moduleOfCall(call.callee, names) === 'require' ? key : null;
}
