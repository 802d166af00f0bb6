import { FlowferryError } from '../errors/flowferry-error.ts';
import { isDeeperThan } from './depth.ts';
import { isRecord } from './is-record.ts';
import { findJsonFault } from './json-fault.ts';
import type { FlowNode } from './node.ts';
import { flattenSingleFlow, isSingleFlow } from './single-flow.ts';

/** Levels of arrays and objects in one node. Real flows have a handful; at a few thousand, writing JSON exhausts the stack. */
const maxDepth = 500;

/**
 * Reads flows: an array of nodes (a flow file, or nodes as the editor exports them), the `{flows, rev}` of the admin API's second
 * version, or a single flow as its `GET /flow/:id` gives it.
 * `origin` names the text in errors: a path, `standard input`, a URL.
 * @throws FlowferryError FLOWS_NOT_JSON, and what `checkFlows` throws.
 */
export function parseFlows(text: string, origin: string): FlowNode[] {
	const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	if (body.trim() === '') {
		throw new FlowferryError({
			code: 'FLOWS_NOT_JSON',
			message: `${origin} is empty`,
			hint: 'Name a Node-RED flow file; a Node-RED without flows has a file that holds [].',
		});
	}
	let content: unknown;
	try {
		content = JSON.parse(body);
	} catch {
		const fault = findJsonFault(body);
		throw new FlowferryError({
			code: 'FLOWS_NOT_JSON',
			message: `${origin} is not JSON: line ${fault?.line}, column ${fault?.column}: ${fault?.problem}`,
			hint: 'Correct that place, or export the flows again from Node-RED (menu, Export, JSON).',
		});
	}
	return checkFlows(nodesOf(content), origin);
}

function nodesOf(content: unknown): unknown {
	if (isRecord(content) && Array.isArray(content.flows)) return content.flows;
	if (isSingleFlow(content)) return flattenSingleFlow(content);
	return content;
}

/**
 * The same checks for flows that did not come as text. Wires are not looked at: that is the lint's business.
 * @throws FlowferryError FLOWS_NOT_ARRAY, FLOW_NODE_NOT_OBJECT, FLOW_NODE_WITHOUT_ID, FLOW_NODE_WITHOUT_TYPE, FLOW_NODE_Z_NOT_TEXT,
 * FLOW_NODE_TOO_DEEP, FLOW_NODE_ID_TWICE
 */
export function checkFlows(nodes: unknown, origin: string): FlowNode[] {
	if (!Array.isArray(nodes)) {
		throw new FlowferryError({
			code: 'FLOWS_NOT_ARRAY',
			message: `${origin} holds ${nameKind(nodes)}, not an array of nodes`,
			hint: 'Node-RED flows are a JSON array, or an object with such an array as "flows". Credentials and settings files are not flows.',
		});
	}
	const indexById = new Map<string, number>();
	for (const [index, node] of nodes.entries()) {
		checkNode(node, index, origin);
		const first = indexById.get(node.id);
		if (first !== undefined) {
			throw new FlowferryError({
				code: 'FLOW_NODE_ID_TWICE',
				message: `${origin}: the entries with index ${first} and ${index} both have the id "${node.id}"`,
				hint: 'Remove one of them or give it an id of its own; import the nodes again in the editor to get fresh ids.',
			});
		}
		indexById.set(node.id, index);
	}
	return nodes;
}

function checkNode(node: unknown, index: number, origin: string): asserts node is FlowNode {
	if (!isRecord(node)) {
		throw new FlowferryError({
			code: 'FLOW_NODE_NOT_OBJECT',
			message: `${origin}: the entry with index ${index} is ${nameKind(node)}, not a node`,
			hint: 'Each entry is an object with at least "id" and "type". Remove or correct this one.',
		});
	}
	if (!isName(node.id)) {
		throw new FlowferryError({
			code: 'FLOW_NODE_WITHOUT_ID',
			message: `${origin}: the entry with index ${index}${isName(node.type) ? ` (type "${node.type}")` : ''} has no id`,
			hint: 'Give it an "id" that no other entry has: 16 hexadecimal digits, as the editor does.',
		});
	}
	if (!isName(node.type)) {
		throw new FlowferryError({
			code: 'FLOW_NODE_WITHOUT_TYPE',
			message: `${origin}: the node "${node.id}" (index ${index}) has no type`,
			hint: 'Give it its "type" (for example "inject"), or remove it and the wires to it.',
		});
	}
	if (typeof node.z === 'object' && node.z !== null) {
		throw new FlowferryError({
			code: 'FLOW_NODE_Z_NOT_TEXT',
			message: `${origin}: the node "${node.id}" (index ${index}) names its flow ("z") by ${nameKind(node.z)}, not by an id`,
			hint: 'Give it the id of its tab or subflow as "z", or remove the property.',
		});
	}
	if (isDeeperThan(node, maxDepth)) {
		throw new FlowferryError({
			code: 'FLOW_NODE_TOO_DEEP',
			message: `${origin}: the node "${node.id}" (index ${index}) has values nested more than ${maxDepth} levels deep`,
			hint: 'Node-RED could not save it either. Remove the value, or read it from a file when the flows run.',
		});
	}
}

function isName(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

function nameKind(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'an array';
	return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
