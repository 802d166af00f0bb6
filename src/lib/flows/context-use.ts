import type { ContextScope } from './context-names.ts';
import type { FunctionCode } from './function-code.ts';
import { findExpressionReads } from './jsonata-reads.ts';
import type { FlowNode } from './node.ts';

/** One use of a context key by one node. */
export interface ContextUse {
	/** `update`: the new value depends on the old one. */
	kind: 'read' | 'write' | 'update';
	scope: ContextScope;
	/** Null where the key is computed. */
	key: string | null;
	/** A named store; null for the default store. */
	store: string | null;
	/** Where in the node: `line 3 of On Message`, `rule 2`; empty where the node has one place only. */
	place: string;
	/** Inferred from a change inside an object that was read, not from a call that writes. */
	inPlace: boolean;
	/** It does not happen for each message. */
	conditional: boolean;
	/** What is written, where it is said outright. */
	constant: boolean | null;
	/** Runs when the flows start, not for a message. */
	atStart: boolean;
}

const scriptNames = { func: 'On Message', initialize: 'On Start', finalize: 'On Stop' };

/** All uses of context by a node, in code, rules, typed properties and expressions. `code` is that of a function node. */
export function contextUsesOf(node: FlowNode, code: FunctionCode | undefined): ContextUse[] {
	if (code) return usesOfCode(code);
	if (node.type === 'change') return usesOfChange(node);
	return [...typedReads(node, ''), ...nestedReads(node), ...templateReads(node)];
}

function usesOfCode(code: FunctionCode): ContextUse[] {
	return code.accesses.map((access) => ({
		kind: access.kind,
		scope: access.scope,
		key: access.key,
		store: access.store,
		place: `line ${access.line} of ${scriptNames[access.script]}`,
		inPlace: access.inPlace,
		conditional: access.conditional,
		constant: access.constant,
		atStart: access.script === 'initialize',
	}));
}

type Rule = Record<string, unknown>;

/** In a change node `p` is the target, `to` the new value, `from` what is searched for; each has its type beside it. */
function usesOfChange(node: FlowNode): ContextUse[] {
	return rulesOf(node).flatMap((rule, index) => {
		const place = `rule ${index + 1}`;
		const target = contextKey(rule.pt, rule.p);
		const sources = [...typedValueReads(rule.tot, rule.to, place), ...typedValueReads(rule.fromt, rule.from, place)];
		if (rule.t === 'move') {
			const goal = contextKey(rule.tot, rule.to);
			return [...(target ? [use('read', target, place), use('write', target, place)] : []), ...(goal ? [use('write', goal, place)] : [])];
		}
		if (!target) return sources;
		const isUpdate = rule.t === 'change' || sources.some((source) => isSameKey(source, target));
		const constant = rule.tot === 'bool' ? rule.to === 'true' : null;
		return [...sources, { ...use(isUpdate ? 'update' : 'write', target, place), constant }];
	});
}

function rulesOf(node: FlowNode): Rule[] {
	if (Array.isArray(node.rules)) return node.rules.filter((rule) => typeof rule === 'object' && rule !== null);
	return [];
}

/** Rules, properties and the like: `[{ v, vt }, …]` of switch and inject, with any names that end so. */
function nestedReads(node: FlowNode): ContextUse[] {
	return [node.rules, node.props].flatMap((list) =>
		Array.isArray(list)
			? list.flatMap((entry, index) => (typeof entry === 'object' && entry !== null ? typedReads(entry as Rule, `entry ${index + 1}`) : []))
			: [],
	);
}

const noReads: ContextUse[] = [];

/** Node-RED keeps the type of a typed value beside it: `property` and `propertyType`, `v` and `vt`, `to` and `tot`. */
function typedReads(holder: Rule, place: string): ContextUse[] {
	let reads: ContextUse[] = noReads;
	for (const key in holder) {
		const type = holder[key];
		if (type !== 'flow' && type !== 'global' && type !== 'jsonata') continue;
		const base = key.endsWith('Type') || key.endsWith('type') ? key.slice(0, -4) : key.endsWith('t') ? key.slice(0, -1) : '';
		if (base !== '') reads = [...reads, ...typedValueReads(type, holder[base], place)];
	}
	return reads;
}

function typedValueReads(type: unknown, value: unknown, place: string): ContextUse[] {
	if (typeof value !== 'string') return [];
	if (type === 'jsonata') return findExpressionReads(value).map((read) => use('read', read, place));
	const key = contextKey(type, value);
	return key ? [use('read', key, place)] : [];
}

/** `{{flow.x}}` and `{{global.x}}` in templates. */
function templateReads(node: FlowNode): ContextUse[] {
	if (node.type !== 'template' || typeof node.template !== 'string') return [];
	const tags = node.template.matchAll(/\{\{[{&]?\s*(flow|global)(?:\[([^\]]*)\])?\.([^\s}]+)\s*\}\}/g);
	return [...tags].map(([, scope, store, key]) =>
		use('read', { scope: scope as 'flow' | 'global', store: store ?? null, key: key ?? null }, ''),
	);
}

interface Key {
	scope: ContextScope;
	key: string | null;
	store: string | null;
}

/** Typed values name a store as `#:(store)::key`. */
function contextKey(type: unknown, value: unknown): Key | null {
	if ((type !== 'flow' && type !== 'global') || typeof value !== 'string') return null;
	const [, store, key] = /^#:\((\S+?)\)::(.*)$/s.exec(value) ?? [null, null, value];
	return { scope: type, key: key ?? null, store: store ?? null };
}

function use(kind: ContextUse['kind'], key: Key, place: string): ContextUse {
	return {
		kind,
		scope: key.scope,
		key: key.key,
		store: key.store,
		place,
		inPlace: false,
		conditional: false,
		constant: null,
		atStart: false,
	};
}

/** Whether two uses touch one value: the same key, or one inside the other (`stats` and `stats.count`). Computed keys may be any. */
export function isSameKey(a: Key, b: Key): boolean {
	if (a.scope !== b.scope) return false;
	if (a.key === null || b.key === null) return true;
	const [short, long] = a.key.length <= b.key.length ? [a.key, b.key] : [b.key, a.key];
	return long === short || long.startsWith(`${short}.`) || long.startsWith(`${short}[`);
}

/** The part of a key that names the stored value: `stats` of `stats.count[0]`. */
export function rootOf(key: string): string {
	return /^[^.[]+/.exec(key)?.[0] ?? key;
}
