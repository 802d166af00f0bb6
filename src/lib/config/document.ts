import type { Document, Node, Pair, ParsedNode, YAMLError } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { ConfigProblem, KeyPath } from './problem.ts';

/** A parsed YAML file that can say where each key and each value stands. */
export interface LocatedDocument {
	document: Document.Parsed<ParsedNode>;
	/** The place of the value at `path`, or of its key, or of the nearest ancestor that is there. */
	locate(path: KeyPath, which: 'key' | 'value'): { line: number; column: number };
	/** Faults of the YAML itself. */
	problems: ConfigProblem[];
}

/** Parses YAML text; never throws. */
export function parseYaml(text: string): LocatedDocument {
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
	const at = (offset: number) => {
		const { line, col } = lines.linePos(offset);
		return { line: Math.max(line, 1), column: Math.max(col, 1) };
	};
	return {
		document,
		locate: (path, which) => at(offsetOf(document, path, which)),
		problems: document.errors.map((error) => syntaxProblem(error, text, at(error.pos[0]))),
	};
}

/** yaml's messages may quote the line, so on the line of a secret only the kind of fault is said. */
function syntaxProblem(error: YAMLError, text: string, place: { line: number; column: number }): ConfigProblem {
	const line = text.split('\n')[place.line - 1] ?? '';
	const secret = /token|password/i.test(line);
	return {
		...place,
		path: [],
		message: secret ? `not valid YAML (${error.code})` : `not valid YAML: ${error.message.split('\n')[0]}`,
		remedy: secret
			? 'Write the secret as a reference to the environment: ${NAME}.'
			: 'Check the indentation, quotes and brackets of this line and the one before it.',
	};
}

function offsetOf(document: Document.Parsed, path: KeyPath, which: 'key' | 'value'): number {
	let node: Node | null | undefined = document.contents;
	let offset = node?.range?.[0] ?? 0;
	for (const [depth, step] of path.entries()) {
		if (isAlias(node)) node = node.resolve(document);
		const last = depth === path.length - 1;
		if (isMap(node)) {
			const pair = node.items.find((item) => keyOf(item) === String(step));
			if (pair === undefined) return offset;
			const key = pair.key as Node;
			node = pair.value as Node | null;
			const value = isScalar(node) || isSeq(node) || isMap(node) || isAlias(node) ? node.range?.[0] : undefined;
			// A block mapping begins on the next line: its key is the better place to point at.
			const block = isMap(node) || isSeq(node) ? !node.flow : isScalar(node) && node.value === null;
			offset = last && which === 'value' && value !== undefined && !block ? value : (key.range?.[0] ?? offset);
		} else if (isSeq(node)) {
			node = node.items[Number(step)] as Node | undefined;
			offset = node?.range?.[0] ?? offset;
		} else {
			return offset;
		}
	}
	return offset;
}

function keyOf(pair: Pair): string {
	return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}
