import type { AnyNode, Node } from 'acorn';
import { full } from 'acorn-walk';

/** Whether code sets `msg.reset` or `msg.flush`, or builds a message that has them: what cancels or releases in delay and trigger nodes. */
export function marksReset(tree: Node): boolean {
	let found = false;
	full(tree, (visited) => {
		const node = visited as AnyNode;
		if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression') found ||= isResetKey(node.left.property as AnyNode);
		else if (node.type === 'Property') found ||= isResetKey(node.key as AnyNode);
	});
	return found;
}

function isResetKey(key: AnyNode): boolean {
	const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : '';
	return name === 'reset' || name === 'flush';
}

/** Whether code calls `node.send(…)`. */
export function callsSend(tree: Node): boolean {
	let found = false;
	full(tree, (visited) => {
		const node = visited as AnyNode;
		if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
		const { object, property } = node.callee;
		found ||= object.type === 'Identifier' && object.name === 'node' && property.type === 'Identifier' && property.name === 'send';
	});
	return found;
}
