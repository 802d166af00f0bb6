import { isContainer, subflowOf } from '../../flows/activity.ts';
import { findEnvCalls } from '../../flows/env-calls.ts';
import { findExpressionVariables } from '../../flows/jsonata-reads.ts';
import type { FlowNode } from '../../flows/node.ts';
import { BUILT_IN } from '../../flows/required-variables.ts';

/** A variable that a node reads. */
export interface Reference {
	name: string;
	/**
	 * - `property`: Node-RED puts the value in the property's place when it makes the node, and leaves the text where there is none
	 * - `asked`: the node asks for it while it works, and gets nothing, or an empty text, where there is none
	 */
	how: 'property' | 'asked';
}

/**
 * Node-RED substitutes a property only where this is all of it, in this form or its older one, `$(NAME)` (`mapEnvVarProperties`,
 * @node-red/runtime, lib/flows/util.js).
 */
const WHOLE = /^\$(?:\{([^}\s]+)\}|\(([^)\s]+)\))$/;

/** The variable that a property is all of; undefined where it is none. */
export function wholeReference(text: string): string | undefined {
	const [, name, older] = WHOLE.exec(text) ?? [];
	return name ?? older;
}

/** What is for people, or code, and so may hold `${NAME}` for itself. */
const TEXTS: ReadonlySet<string> = new Set(['id', 'z', 'g', 'name', 'label', 'info', 'func', 'initialize', 'finalize', 'wires']);

/** The variables that a node reads, each once for each way. */
export function referencesOf(node: FlowNode): Reference[] {
	const found = new Map<string, Reference>();
	const add = (how: Reference['how'], names: Iterable<string>) => {
		for (const name of names) if (name !== '' && !BUILT_IN.test(name)) found.set(`${how} ${name}`, { name, how });
	};
	// Variables of their own, which Node-RED reads by type, are all that these have.
	if (holdsVariables(node)) add('asked', (node.env as unknown[]).flatMap(askedByVariable));
	if (!isContainer(node) && subflowOf(node) === null)
		for (const key in node) if (!TEXTS.has(key) && !(key === 'env' && holdsVariables(node))) collect(node[key], node, key, add);
	if (node.type === 'function')
		add(
			'asked',
			findEnvCalls(node).flatMap(({ name, hasDefault }) => (hasDefault ? [] : [name])),
		);
	if (node.type === 'template' && node.syntax !== 'plain') add('asked', namesInTemplate(node.template));
	if (node.type === 'tls-config' && node.certType === 'env') add('asked', [node.certEnv, node.keyEnv, node.caEnv].flatMap(namesInEnv));
	return [...found.values()];
}

function holdsVariables({ type, env }: FlowNode): boolean {
	return Array.isArray(env) && (['tab', 'subflow', 'group', 'global-config'].includes(type) || type.startsWith('subflow:'));
}

function askedByVariable(variable: unknown): string[] {
	const { type, value } = Object(variable);
	if (type === 'env') return namesInEnv(value);
	return type === 'jsonata' && typeof value === 'string' ? findExpressionVariables(value) : [];
}

/** @param owner that holds the value under the key: the type of a typed input stands beside it */
function collect(value: unknown, owner: object, key: string, add: (how: Reference['how'], names: Iterable<string>) => void): void {
	if (typeof value === 'string') {
		const type = typeBeside(owner as Record<string, unknown>, key);
		const name = wholeReference(value);
		if (type === 'env') add('asked', namesInEnv(value));
		else if (name !== undefined) add('property', [name]);
		// Also where the type is not told: sort and join keep expressions in properties of other names.
		else if (value.includes('$env') && (type === 'jsonata' || type === undefined)) add('asked', findExpressionVariables(value));
	} else if (typeof value === 'object' && value !== null) {
		for (const [inner, held] of Object.entries(value)) collect(held, value, inner, add);
	}
}

/** Typed inputs keep their type as `payloadType`, or as `vt`, `tot`, `fromt` beside `v`, `to`, `from`, or as `type` beside `value`. */
function typeBeside(owner: Record<string, unknown>, key: string): unknown {
	return owner[`${key}Type`] ?? owner[`${key}t`] ?? (key === 'value' ? owner.type : undefined);
}

/** As `evaluateEnvProperty` of @node-red/util reads a value of type env: a name, `${NAME}`, or a text with several of these. */
function namesInEnv(value: unknown): string[] {
	if (typeof value !== 'string' || value === '') return [];
	if (!/\$\{\S+\}/.test(value)) return [value.replace(/^\$parent\./, '')];
	return Array.from(value.matchAll(/\$\{([^}]+)\}/g), ([, name = '']) => name);
}

/** `{{env.NAME}}`, also as a section; its inverse `{{^env.NAME}}` is what a template does without it. */
function namesInTemplate(template: unknown): string[] {
	if (typeof template !== 'string') return [];
	const tested = new Set(Array.from(template.matchAll(/\{\{\s*[#^]\s*env\.([^}\s]+)\s*\}\}/g), ([, name = '']) => name));
	return Array.from(template.matchAll(/\{\{[{&]?\s*env\.([^}\s]+)\s*\}\}/g), ([, name = '']) => name).filter((name) => !tested.has(name));
}
