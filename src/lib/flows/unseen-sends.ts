import type { AnyNode } from 'acorn';
import type { Syntax } from './syntax.ts';

/** `node.send(…)` in a callback that runs when the function has returned, in code that never calls `node.done()`. */
export interface UnseenSend {
	line: number;
	/** What the callback was given to, as far as it has a name: `request`, `then`, `on`. */
	waitsFor: string;
}

/** Callbacks of these run before the call returns. */
const atOnce = new Set([
	'forEach',
	'map',
	'filter',
	'some',
	'every',
	'reduce',
	'reduceRight',
	'sort',
	'find',
	'findIndex',
	'flatMap',
	'replace',
	'replaceAll',
	'from',
	'call',
	'apply',
]);
/** These have a rule of their own. */
const timers = new Set(['setTimeout', 'setInterval']);

/**
 * Node-RED calls `done` itself once the function has returned and its promise is fulfilled, unless the code calls `node.done()`
 * (core/function/10-function.js). What a callback sends later is then no longer in flight.
 */
export function findUnseenSends({ uses, lineOf }: Syntax): UnseenSend[] {
	const sends: UnseenSend[] = [];
	let callsDone = false;
	for (const { node, ancestors } of uses) {
		const method = methodOfNode(node);
		if (method === 'done') callsDone = true;
		if (method !== 'send') continue;
		const waitsFor = waitedFor(ancestors);
		if (waitsFor !== null) sends.push({ line: lineOf(node), waitsFor });
	}
	return callsDone ? [] : sends.sort((a, b) => a.line - b.line);
}

function methodOfNode(node: AnyNode): string | null {
	if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return null;
	const { object, property } = node.callee;
	return object.type === 'Identifier' && object.name === 'node' && property.type === 'Identifier' ? property.name : null;
}

/** The call whose callback the last ancestor stands in; null where all of it is over, or awaited, when the function is. */
function waitedFor(ancestors: readonly AnyNode[]): string | null {
	let inner: string | null = null;
	for (let index = ancestors.length - 2; index > 0; index--) {
		const node = ancestors[index] as AnyNode;
		// An awaited or returned call is waited for by the function that it stands in.
		if (node.type === 'AwaitExpression' || node.type === 'ReturnStatement') inner = null;
		if (node.type === 'NewExpression') return null;
		if (node.type !== 'FunctionExpression' && node.type !== 'ArrowFunctionExpression') continue;
		const user = ancestors[index - 1] as AnyNode;
		if (user.type !== 'CallExpression' || user.callee === node) continue;
		const name = nameOf(user.callee as AnyNode);
		if (timers.has(name)) return null;
		if (!atOnce.has(name)) inner = name;
	}
	return inner;
}

function nameOf(callee: AnyNode): string {
	if (callee.type === 'Identifier') return callee.name;
	return callee.type === 'MemberExpression' && callee.property.type === 'Identifier' ? callee.property.name : 'a call';
}
