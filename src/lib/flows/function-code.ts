import { type Node, parse } from 'acorn';
import { type ContextAccess, findAccesses } from './context-access.ts';
import { findLeakedNames, type LeakedName } from './leaked-names.ts';
import { createLineOf } from './line-of.ts';
import { findSecrets, type LiteralSecret } from './literal-secrets.ts';
import { callsSend, marksReset } from './message-calls.ts';
import { findModuleCalls, type ModuleCall } from './module-calls.ts';
import type { FlowNode } from './node.ts';
import { findTimers, type TimerCall } from './timer-calls.ts';
import { findUnseenSends, type UnseenSend } from './unseen-sends.ts';

/** The three scripts of a function node: On Message, On Start and On Stop. */
export type ScriptName = 'func' | 'initialize' | 'finalize';

export interface SyntaxFault {
	script: ScriptName;
	/** From 1, as the editor counts. */
	line: number;
	column: number;
	problem: string;
}

/** What the code of one function node does, as plain data. Comments and strings never count. */
export interface FunctionCode {
	accesses: (ContextAccess & { script: ScriptName })[];
	timers: (TimerCall & { script: ScriptName })[];
	/** On Message makes messages with `reset` or `flush`, which cancel or release what waits in delay and trigger nodes. */
	resets: boolean;
	/** On Start sends messages. */
	sendsAtStart: boolean;
	/** Calls of modules that reach the disk, the network or other programs. */
	moduleCalls: (ModuleCall & { script: ScriptName })[];
	/** Variables of On Message that outlive the message, because they are declared nowhere. */
	leakedNames: LeakedName[];
	/** Messages that On Message sends after it has returned, and Node-RED has counted it as done. */
	unseenSends: UnseenSend[];
	/** Passwords and the like that stand in the code. */
	secrets: (LiteralSecret & { script: ScriptName })[];
	faults: SyntaxFault[];
	/** Scripts that are nested too deeply to be examined, some thousand levels. */
	tooDeep: ScriptName[];
}

/**
 * Each script is compiled inside a function, on a line of its own, as Node-RED does (core/function/10-function.js):
 * `return` and `await` are allowed, and a declaration of `node` or `msg` clashes.
 */
const frames: Record<ScriptName, [head: string, tail: string]> = {
	func: ['(async function(msg,__send__,__done__){var __msgid__,node;\n', '\n})'],
	initialize: ['(async function(__send__){var node;\n', '\n})'],
	finalize: ['(function(){var node;\n', '\n})'],
};

/** Without one of these words there is nothing to find, and the syntax tree need not be walked. */
const worthWalking = /\b(?:context|flow|global|setTimeout|setInterval)\b/;

export function analyseFunction(node: FlowNode): FunctionCode {
	const result: FunctionCode = {
		accesses: [],
		timers: [],
		resets: false,
		sendsAtStart: false,
		moduleCalls: [],
		leakedNames: [],
		unseenSends: [],
		secrets: [],
		faults: [],
		tooDeep: [],
	};
	const libraries = librariesOf(node);
	for (const script of Object.keys(frames) as ScriptName[]) {
		const source = node[script];
		if (typeof source !== 'string' || source.trim() === '') continue;
		try {
			const tree = parseScript(source, script);
			if ('problem' in tree) result.faults.push(tree);
			else examine(tree, source, script, libraries, result);
		} catch (error) {
			// The parser and the walker recurse: what exhausts the stack is the code's depth, and nothing of it can be told.
			if (!(error instanceof RangeError)) throw error;
			result.tooDeep.push(script);
		}
	}
	return result;
}

function examine(tree: Node, source: string, script: ScriptName, libraries: ReadonlyMap<string, string>, result: FunctionCode): void {
	const lineOf = createLineOf(frames[script][0] + source, 1);
	if (worthWalking.test(source)) {
		result.accesses.push(...findAccesses(tree, lineOf).map((access) => ({ ...access, script })));
		result.timers.push(...findTimers(tree, lineOf).map((timer) => ({ ...timer, script })));
	}
	if (script === 'func' && /\b(?:reset|flush)\b/.test(source)) result.resets = marksReset(tree);
	if (script !== 'finalize' && (libraries.size > 0 || /\b(?:require|global)\b/.test(source)))
		result.moduleCalls.push(...findModuleCalls(tree, libraries, lineOf).map((call) => ({ ...call, script })));
	if (script === 'func') {
		if (mayLeak(source)) result.leakedNames = findLeakedNames(tree, libraries, lineOf);
		if (/\bsend\b/.test(source)) result.unseenSends = findUnseenSends(tree, lineOf);
	}
	if (/pass|pwd|token|key|secret|authorization|bearer|:\/\//i.test(source))
		result.secrets.push(...findSecrets(tree, lineOf).map((secret) => ({ ...secret, script })));
	if (script === 'initialize' && /\bsend\b/.test(source)) result.sendsAtStart = callsSend(tree);
}

/** Whether some name is assigned that no declaration of the text names; declarations in other scopes are taken for the same. */
function mayLeak(source: string): boolean {
	const declared = new Set(['msg']);
	for (const [, names = ''] of source.matchAll(/\b(?:let|const|var|function|class)\s+([^=;\n(]+)/g))
		for (const [name] of names.matchAll(/[\w$]+/g)) declared.add(name);
	for (const [, before, after] of source.matchAll(
		/(?<![\w$.])(?:([A-Za-z_$][\w$]*)\s*(?:[-+*/%&|^<>?]*=(?![=>])|\+\+|--)|(?:\+\+|--)\s*([A-Za-z_$][\w$]*))/g,
	))
		if (!declared.has(before ?? after ?? '')) return true;
	return /\bfor\s*(?:await\s*)?\(\s*[\w$]+\s+(?:of|in)\b/.test(source) || /[\]}]\s*=(?![=>])/.test(source);
}

/** Modules of the Setup tab: `[{ var, module }]`. */
function librariesOf(node: FlowNode): Map<string, string> {
	const libraries = new Map<string, string>();
	for (const entry of Array.isArray(node.libs) ? node.libs : []) {
		if (typeof entry?.var === 'string' && typeof entry?.module === 'string') libraries.set(entry.var, entry.module);
	}
	return libraries;
}

function parseScript(source: string, script: ScriptName): Node | SyntaxFault {
	const [head, tail] = frames[script];
	try {
		return parse(head + source + tail, { ecmaVersion: 'latest' });
	} catch (error) {
		if (!(error instanceof SyntaxError) || error.message.startsWith('Not enough stack space')) throw new RangeError('nested too deeply');
		const { loc, message } = error as SyntaxError & { loc?: { line: number; column: number } };
		const lines = source.split('\n').length;
		const line = Math.min(Math.max((loc?.line ?? 2) - 1, 1), lines);
		const column = (loc?.line ?? 2) - 1 > lines ? (source.split('\n').at(-1) ?? '').length + 1 : (loc?.column ?? 0) + 1;
		return { script, line, column, problem: message.replace(/ \(\d+:\d+\)$/, '') };
	}
}
