import type { AnyNode } from 'acorn';
import type { Syntax } from './syntax.ts';

/** One call of setTimeout or setInterval. */
export interface TimerCall {
	kind: 'timeout' | 'interval';
	line: number;
	/** A timeout inside `new Promise(…)`: the message stays in flight until it is over, so that a drain sees it. */
	promised: boolean;
}

export function findTimers({ uses, lineOf }: Syntax): TimerCall[] {
	const timers: TimerCall[] = [];
	for (const { node, ancestors } of uses) {
		if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') continue;
		const { name } = node.callee;
		if (name !== 'setTimeout' && name !== 'setInterval') continue;
		timers.push({
			kind: name === 'setTimeout' ? 'timeout' : 'interval',
			line: lineOf(node),
			promised: ancestors.some(isNewPromise),
		});
	}
	return timers;
}

function isNewPromise(node: AnyNode): boolean {
	return node.type === 'NewExpression' && node.callee.type === 'Identifier' && node.callee.name === 'Promise';
}
