import type { AnyNode } from 'acorn';
import type { Syntax } from './syntax.ts';

/** Whether code sets `msg.reset` or `msg.flush`, or builds a message that has them: what cancels or releases in delay and trigger nodes. */
export function marksReset({ nodes }: Syntax): boolean {
	return nodes.some((node) => {
		if (node.type === 'Property') return isResetKey(node.key as AnyNode);
		return node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression' && isResetKey(node.left.property as AnyNode);
	});
}

function isResetKey(key: AnyNode): boolean {
	const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : '';
	return name === 'reset' || name === 'flush';
}

/** Whether code calls `node.send(…)`. */
export function callsSend({ uses }: Syntax): boolean {
	return uses.some(({ node }) => {
		if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
		const { object, property } = node.callee;
		return object.type === 'Identifier' && object.name === 'node' && property.type === 'Identifier' && property.name === 'send';
	});
}
