import { type AnyNode, type Expression, type ObjectExpression, type Program, parse } from 'acorn';

/** In place of a value that only running the program would tell. */
export const COMPUTED = Symbol('computed');

/** A value as it is written out: plain data, in which parts may be `COMPUTED`. */
export type WrittenValue = string | number | boolean | null | typeof COMPUTED | WrittenValue[] | { [name: string]: WrittenValue };

/** Settings by name. What is not in it is not set. */
export type WrittenSettings = Readonly<Record<string, WrittenValue>>;

/**
 * What a Node-RED settings file says in plain text, without running it: a program, and not ours to run. Understood is a file that
 * exports one object literal (`module.exports = { … }`), as Node-RED's own does.
 * @returns null where the file is written in another way, so that nothing of it is certain
 */
export function readSettingsText(text: string): WrittenSettings | null {
	const exported = parseProgram(text)?.body.flatMap((statement) => exportedValue(statement));
	if (exported?.length !== 1) return null;
	const settings = writtenValue(exported[0]!);
	return isWrittenObject(settings) ? settings : null;
}

function parseProgram(text: string): Program | null {
	try {
		return parse(text.replace(/^\uFEFF/, ''), {
			ecmaVersion: 'latest',
			sourceType: 'script',
			allowHashBang: true,
			allowReturnOutsideFunction: true,
		});
	} catch {
		return null;
	}
}

/** The values of assignments to `module.exports`, or to something in it, which is COMPUTED to us. */
function exportedValue(statement: AnyNode): Expression[] {
	if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression') return [];
	const { left, right } = statement.expression;
	if (isExports(left)) return [right];
	// Two of them: no longer one object.
	return left.type === 'MemberExpression' && isExports(left.object) ? [right, right] : [];
}

function isExports(node: AnyNode): boolean {
	return (
		node.type === 'MemberExpression' &&
		node.object.type === 'Identifier' &&
		node.object.name === 'module' &&
		node.property.type === 'Identifier' &&
		node.property.name === 'exports'
	);
}

function writtenValue(node: AnyNode | null): WrittenValue {
	if (node === null) return COMPUTED;
	switch (node.type) {
		case 'Literal':
			return isScalar(node.value) ? node.value : COMPUTED;
		case 'TemplateLiteral':
			return node.expressions.length === 0 ? (node.quasis[0]?.value.cooked ?? COMPUTED) : COMPUTED;
		case 'UnaryExpression': {
			const inner = writtenValue(node.argument);
			return node.operator === '-' && typeof inner === 'number' ? -inner : COMPUTED;
		}
		case 'ArrayExpression':
			return node.elements.map((element) => writtenValue(element));
		case 'ObjectExpression':
			return objectOf(node);
		default:
			return COMPUTED;
	}
}

function objectOf({ properties }: ObjectExpression): WrittenValue {
	const entries: [string, WrittenValue][] = [];
	for (const property of properties) {
		// What is spread in, or named by a computed key, may be anything.
		if (property.type !== 'Property' || (property.computed && property.key.type !== 'Literal')) return COMPUTED;
		const { key } = property;
		const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined;
		if (name === undefined) return COMPUTED;
		entries.push([name, property.kind === 'init' ? writtenValue(property.value) : COMPUTED]);
	}
	return Object.fromEntries(entries);
}

function isScalar(value: unknown): value is string | number | boolean | null {
	return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** Whether it is an object whose parts are known. */
export function isWrittenObject(value: WrittenValue | undefined): value is { [name: string]: WrittenValue } {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
