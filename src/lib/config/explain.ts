import { z } from 'zod';
import { devKinds } from './dev.ts';
import { nearest } from './nearest.ts';
import type { KeyPath } from './problem.ts';
import { checkKinds } from './safeguards.ts';
import { configSchema } from './schema.ts';

/** A zod issue in the user's words: what is wrong with which key, and what to do. Values are never repeated. */
export interface Explanation {
	path: KeyPath;
	/** Whether the key or its value is at fault. */
	at: 'key' | 'value';
	message: string;
	remedy: string;
}

type Issue = z.core.$ZodIssue;

const CORRECT = 'Correct the value; docs/configuration.md describes each key.';

/** How to write the keys that have no default. */
const SAMPLES: Record<string, string> = {
	dev: 'Add `dev: { url: http://localhost:1880 }`, or `dev: { userDir: ~/.node-red }`.',
	environments: 'Add `environments: { production: { mode: hot-spare } }`.',
	mode: 'Add `mode: hot-spare` or `mode: load-balanced`.',
	after: 'Name another environment of this file, such that each comes after one that is nearer to the dev Node-RED.',
	primary: 'Leave it out with `mode: hot-spare`; with `mode: load-balanced` write `primary: { sources: [cronplus] }`, for one.',
	expect: 'Add the topic on which the answer comes: `expect: plant/pong`.',
};

/** One issue may be several faults (two unknown keys, for one). */
export function explain(issue: Issue, value: unknown): Explanation[] {
	const path = issue.path as KeyPath;
	const found = valueAt(value, path);
	const name = String(path.at(-1) ?? '');
	const faulty = (message: string, remedy: string): Explanation[] => [{ path, at: 'value', message, remedy }];

	if (issue.code === 'invalid_union') return name === 'dev' ? explainDev(issue, found, value) : explainCheck(issue, found, value);
	if (found === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) {
		return [{ path, at: 'key', message: 'is missing', remedy: SAMPLES[name] ?? `Add \`${name}: …\`.` }];
	}
	switch (issue.code) {
		case 'unrecognized_keys':
			return issue.keys.map((key) => unknownKey([...path, key], knownKeys(path, found)));
		case 'invalid_value':
			return faulty(`must be one of ${issue.values.join(', ')}`, `Write \`${name}: ${String(issue.values[0])}\`, or another of these.`);
		case 'invalid_type':
			return faulty(`must be ${article(issue.expected)}, but is ${kindOf(found)}`, SAMPLES[name] ?? writeAs(name, issue.expected));
		case 'invalid_key':
			return [{ path, at: 'key', ...keyRule(path) }];
		case 'too_small':
			if (issue.origin === 'string') return faulty('must not be empty', `Give \`${name}\` a value, or remove the key.`);
			return faulty(`must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`, `Write a larger number for \`${name}\`.`);
		case 'too_big':
			return faulty(`must be at most ${issue.maximum}`, `Write a smaller number for \`${name}\`.`);
		case 'invalid_format':
			if (issue.format === 'url' && name === 'mqtt')
				return faulty('must be the address of an MQTT broker', `Write ${checkKinds.mqtt}; mqtts, ws and wss are known, too.`);
			if (issue.format === 'url') return faulty('must be an http or https address', `Write \`${name}: http://localhost:1880\`.`);
			if (issue.format === 'regex') return faulty(issue.message, SAMPLES[name] ?? CORRECT);
			return faulty('must be a path that begins with /', `Write \`${name}: /health\`.`);
		default:
			return faulty(issue.message, SAMPLES[name] ?? CORRECT);
	}
}

/** The key that is there tells which side was meant. */
function explainDev(issue: Issue & { code: 'invalid_union' }, dev: unknown, value: unknown): Explanation[] {
	const path = issue.path as KeyPath;
	const one = (at: 'key' | 'value', message: string, where: KeyPath = path): Explanation[] => [
		{ path: where, at, message, remedy: SAMPLES.dev! },
	];
	if (dev === undefined) return one('key', 'is missing');
	const nothing = `must hold one of ${devKinds.join(', ')}`;
	if (typeof dev !== 'object' || dev === null || Array.isArray(dev)) return one('value', nothing);
	const held = Object.keys(dev).filter((key) => (devKinds as readonly string[]).includes(key));
	if (held.length > 1) {
		const message = `${devKinds.filter((kind) => held.includes(kind)).join(' and ')} exclude each other: flows come from one place`;
		return [{ path: [...path, held.at(-1)!], at: 'key', message, remedy: 'Keep the one that your dev Node-RED can be read by.' }];
	}
	if (held.length === 1) {
		const side = (devKinds as readonly string[]).indexOf(held[0]!);
		return (issue.errors[side] ?? []).flatMap((inner) => explain({ ...inner, path: [...path, ...inner.path] } as Issue, value));
	}
	const unknown = Object.keys(dev).filter((key) => nearest(key, devKinds) !== undefined);
	return unknown.length > 0 ? unknown.map((key) => unknownKey([...path, key])) : one('key', nothing);
}

/** As with `dev`: `http`, `mqtt` or `command` tells what kind of check was meant. */
function explainCheck(issue: Issue & { code: 'invalid_union' }, check: unknown, value: unknown): Explanation[] {
	const path = issue.path as KeyPath;
	const kinds = Object.keys(checkKinds) as (keyof typeof checkKinds)[];
	const remedy = `Write ${kinds.map((kind) => checkKinds[kind]).join(', or ')}.`;
	if (typeof check !== 'object' || check === null || Array.isArray(check))
		return [{ path, at: 'value', message: `must be a mapping that holds one of ${kinds.join(', ')}`, remedy }];
	const held = kinds.filter((kind) => kind in check);
	if (held.length > 1) {
		const message = `${held.join(' and ')} exclude each other: a check is of one kind`;
		return [{ path: [...path, held[1]!], at: 'key', message, remedy: 'Make them two entries of the list, each beginning with `- `.' }];
	}
	if (held.length === 1) {
		const side = kinds.indexOf(held[0]!);
		return (issue.errors[side] ?? []).flatMap((inner) => explain({ ...inner, path: [...path, ...inner.path] } as Issue, value));
	}
	const slips = Object.keys(check).filter((key) => nearest(key, kinds) !== undefined);
	if (slips.length > 0) return slips.map((key) => unknownKey([...path, key], kinds));
	return [{ path, at: 'value', message: `must hold one of ${kinds.join(', ')}`, remedy }];
}

function unknownKey(path: KeyPath, known = knownKeys(path.slice(0, -1))): Explanation {
	const key = String(path.at(-1));
	const meant = nearest(key, known);
	return {
		path,
		at: 'key',
		message: 'is not a known key',
		remedy: meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean \`${meant}\`? Known here: ${known.join(', ')}.`,
	};
}

function keyRule(path: KeyPath): { message: string; remedy: string } {
	if (path.at(-2) === 'environments') {
		return {
			message: "is not a name for an environment: lower-case letters, digits and '-', beginning with a letter, 31 at most",
			remedy: 'Rename it: `production`.',
		};
	}
	return { message: 'is not a name for a variable: letters, digits and _, not beginning with a digit', remedy: 'Rename it: `MY_NAME`.' };
}

/** The keys that the schema allows at a path: of a check, those of its kind, by what is there. */
export function knownKeys(path: KeyPath, found: unknown = undefined): string[] {
	let schemas: z.core.$ZodType[] = [configSchema];
	for (const step of path) schemas = schemas.flatMap(unwrap).flatMap((schema) => childOf(schema, step));
	const sides = schemas.flatMap(unwrap);
	const kind = Object.keys(checkKinds).find((key) => path.at(-2) === 'checks' && Object.hasOwn(Object(found), key));
	const keys = (kind ? sides.filter((side) => keysOf(side).includes(kind)) : sides).flatMap(keysOf);
	return [...new Set(keys)];
}

function keysOf(schema: z.core.$ZodType): string[] {
	if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
	return schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum ? schema.keyType.options.map(String) : [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
	if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
	return schema instanceof z.ZodUnion ? schema.options.flatMap(unwrap) : [schema];
}

function childOf(schema: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
	if (schema instanceof z.ZodRecord) return [schema.valueType];
	if (schema instanceof z.ZodArray) return [schema.element];
	const child = schema instanceof z.ZodObject ? schema.shape[step] : undefined;
	return child === undefined ? [] : [child];
}

function valueAt(value: unknown, path: KeyPath): unknown {
	return path.reduce((current, key) => (current as Record<string, unknown> | null | undefined)?.[key], value);
}

function kindOf(value: unknown): string {
	if (value === null) return 'empty';
	return Array.isArray(value) ? 'a list' : article(typeof value);
}

function article(type: string): string {
	const words: Record<string, string> = {
		object: 'a mapping',
		record: 'a mapping',
		array: 'a list',
		string: 'text',
		int: 'a whole number',
	};
	return words[type] ?? `a ${type}`;
}

function writeAs(name: string, expected: string): string {
	if (expected === 'array') return `Write \`${name}:\` and below it lines that begin with \`- \`.`;
	if (expected === 'object' || expected === 'record') return `Write \`${name}:\` and below it, indented, \`key: value\` lines.`;
	if (expected === 'string') return `Put the value of \`${name}\` in quotes.`;
	return `Write a whole number, without quotes or a unit: \`${name}: 1000\`.`;
}
