import type { Random } from '../../bench/flows/random.ts';
import { codes, ids, oddValues, properties, types } from './oddities.ts';

type Node = Record<string, unknown>;
type Mutation = (nodes: Node[], random: Random) => void;

const mutations: readonly Mutation[] = [
	(nodes, random) => {
		const node = any(nodes, random);
		delete node[random.pick(Object.keys(node))];
	},
	(nodes, random) => put(any(nodes, random), random.pick(properties), random.pick(oddValues)),
	(nodes, random) => {
		const node = any(nodes, random);
		put(node, random.pick(Object.keys(node)), random.pick(oddValues));
	},
	// Something that another node has in that place: types and values that belong together elsewhere.
	(nodes, random) => {
		const [from, to] = [any(nodes, random), any(nodes, random)];
		const key = random.pick(Object.keys(from));
		if (key !== 'id') put(to, key, structuredClone(from[key]));
	},
	(nodes, random) => put(any(nodes, random), 'type', random.pick(types)),
	(nodes, random) => put(any(nodes, random), 'z', random.chance(0.5) ? any(nodes, random).id : random.pick(ids)),
	(nodes, random) => put(any(nodes, random), 'wires', [[any(nodes, random).id], [any(nodes, random).id, random.pick(ids)]]),
	(nodes, random) => put(any(nodes, random), 'links', [any(nodes, random).id, random.pick(ids)]),
	(nodes, random) => put(any(nodes, random), random.pick(['d', 'disabled']), true),
	(nodes, random) => put(any(nodes, random), 'func', random.pick(codes)),
	(nodes, random) => {
		const node = any(withCode(nodes), random);
		const insertion = random.pick(['', '}', '`', '/*', "'", 'flow', 'await ', '\n', '...', '${', '😀']);
		if (typeof node.func === 'string') node.func = cut(node.func, random, insertion);
	},
	(nodes, random) => {
		nodes.splice(random.integer(0, nodes.length - 1), 1);
	},
	(nodes, random) => {
		nodes.push({ ...structuredClone(any(nodes, random)), id: random.id() });
	},
	(nodes, random) => {
		nodes.push(any(nodes, random));
	},
	(nodes, random) => mutateInside(any(nodes, random), random),
];

/** Another text out of that of a flow file: some changes to its nodes, and rarely to the text itself. */
export function mutate(text: string, random: Random): string {
	const nodes = JSON.parse(text) as Node[];
	for (let left = random.integer(1, 12); left > 0 && nodes.length > 0; left--) random.pick(mutations)(nodes, random);
	const changed = JSON.stringify(nodes);
	return random.chance(0.05) ? cut(changed, random, random.pick(['', ',', ']', '"', '\\u0000', '{"a":'])) : changed;
}

function withCode(nodes: Node[]): Node[] {
	const found = nodes.filter((node) => typeof node.func === 'string');
	return found.length > 0 ? found : nodes;
}

/** Puts something odd somewhere below a property. */
function mutateInside(node: Node, random: Random): void {
	let holder: Node = node;
	while (true) {
		const keys = Object.keys(holder);
		if (keys.length === 0) return;
		const key = random.pick(keys);
		const value = holder[key];
		if (typeof value === 'object' && value !== null && random.chance(0.8)) holder = value as Node;
		else {
			holder[key] = random.pick(oddValues);
			return;
		}
	}
}

/** Takes out up to 30 characters anywhere and puts something there. */
function cut(text: string, random: Random, insertion: string): string {
	const at = random.integer(0, text.length);
	return text.slice(0, at) + insertion + text.slice(at + random.integer(0, 30));
}

/** Even `__proto__` becomes a property of the node, as JSON.parse makes it one. */
function put(node: Node, key: string, value: unknown): void {
	Object.defineProperty(node, key, { value, writable: true, enumerable: true, configurable: true });
}

function any(nodes: Node[], random: Random): Node {
	return nodes.length > 0 ? random.pick(nodes) : {};
}
