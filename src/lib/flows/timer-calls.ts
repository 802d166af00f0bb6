import type { AnyNode, Node } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import type { LineOf } from './line-of.ts';

/** One call of setTimeout or setInterval. */
export interface TimerCall {
	kind: 'timeout' | 'interval';
	line: number;
	/** A timeout inside `new Promise(…)`: the message stays in flight until it is over, so that a drain sees it. */
	promised: boolean;
}

export function findTimers(tree: Node, lineOf: LineOf): TimerCall[] {
	const timers: TimerCall[] = [];
	fullAncestor(tree, (node, _state, ancestors) => {
		const call = node as AnyNode;
		if (call.type !== 'CallExpression' || call.callee.type !== 'Identifier') return;
		const { name } = call.callee;
		if (name !== 'setTimeout' && name !== 'setInterval') return;
		timers.push({
			kind: name === 'setTimeout' ? 'timeout' : 'interval',
			line: lineOf(node),
			promised: ancestors.some((ancestor) => isNewPromise(ancestor as AnyNode)),
		});
	});
	return timers;
}

function isNewPromise(node: AnyNode): boolean {
	return node.type === 'NewExpression' && node.callee.type === 'Identifier' && node.callee.name === 'Promise';
}
