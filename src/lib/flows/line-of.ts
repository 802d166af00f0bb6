import type { Node } from 'acorn';

/** The line of a node in a script, from 1. The parser could keep it for each node, at a third of its time and memory. */
export type LineOf = (node: Node) => number;

/** For nodes of a text whose first `before` lines are a frame around the script. */
export function createLineOf(text: string, before: number): LineOf {
	let starts: number[] | undefined;
	return (node) => {
		starts ??= [...text.matchAll(/\n/g)].map((match) => match.index + 1);
		let [low, high] = [0, starts.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((starts[middle] as number) <= node.start) low = middle + 1;
			else high = middle;
		}
		return low + 1 - before;
	};
}
