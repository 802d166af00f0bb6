import { type ContextAccess, findAccesses } from './context-access.ts';
import { findLeakedNames, type LeakedName } from './leaked-names.ts';
import { findSecrets, type LiteralSecret } from './literal-secrets.ts';
import { callsSend, marksReset } from './message-calls.ts';
import { findModuleCalls, type ModuleCall } from './module-calls.ts';
import type { FlowNode } from './node.ts';
import { compiles, headOf, parseScript, type ScriptName, type SyntaxFault, scriptNames } from './script.ts';
import { walkSyntax } from './syntax.ts';
import { findTimers, type TimerCall } from './timer-calls.ts';
import { findUnseenSends, type UnseenSend } from './unseen-sends.ts';

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

/** Analyses function nodes, and those that are only On Message once for each text: flows are copied, and their code with them. */
export function createFunctionAnalyser(): (node: FlowNode) => FunctionCode {
	const known = new Map<string, FunctionCode>();
	return (node) => {
		const isPlain = sourceOf(node, 'initialize') === '' && sourceOf(node, 'finalize') === '' && librariesOf(node).size === 0;
		if (!isPlain) return analyseFunction(node);
		const text = sourceOf(node, 'func');
		const code = known.get(text) ?? analyseFunction(node);
		known.set(text, code);
		return code;
	};
}

function sourceOf(node: FlowNode, script: ScriptName): string {
	const source = node[script];
	return typeof source === 'string' ? source : '';
}

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
	for (const script of scriptNames) {
		const source = sourceOf(node, script);
		if (source.trim() === '') continue;
		const interests = interestsIn(source, script, libraries);
		if (interests.length === 0 && compiles(source, script)) continue;
		try {
			const tree = parseScript(source, script);
			if ('problem' in tree) result.faults.push(tree);
			else if (interests.length > 0) {
				const syntax = walkSyntax(tree, headOf(script) + source);
				for (const interest of interests) looks[interest](result, { syntax, script, libraries });
			}
		} catch (error) {
			// The parser and the walker recurse: what exhausts the stack is the code's depth, and nothing of it can be told.
			if (!(error instanceof RangeError)) throw error;
			result.tooDeep.push(script);
		}
	}
	return result;
}

interface View {
	syntax: ReturnType<typeof walkSyntax>;
	script: ScriptName;
	libraries: ReadonlyMap<string, string>;
}

/** What there may be to find in a script. */
type Interest = 'contexts' | 'timers' | 'resets' | 'modules' | 'leaks' | 'unseenSends' | 'secrets' | 'sendsAtStart';

const looks: Record<Interest, (result: FunctionCode, view: View) => void> = {
	contexts: (result, { syntax, script }) => result.accesses.push(...findAccesses(syntax).map((access) => ({ ...access, script }))),
	timers: (result, { syntax, script }) => result.timers.push(...findTimers(syntax).map((timer) => ({ ...timer, script }))),
	resets: (result, { syntax }) => {
		result.resets = marksReset(syntax);
	},
	modules: (result, { syntax, script, libraries }) =>
		result.moduleCalls.push(...findModuleCalls(syntax, libraries).map((call) => ({ ...call, script }))),
	leaks: (result, { syntax, libraries }) => {
		result.leakedNames = findLeakedNames(syntax, libraries);
	},
	unseenSends: (result, { syntax }) => {
		result.unseenSends = findUnseenSends(syntax);
	},
	secrets: (result, { syntax, script }) => result.secrets.push(...findSecrets(syntax).map((secret) => ({ ...secret, script }))),
	sendsAtStart: (result, { syntax }) => {
		result.sendsAtStart = callsSend(syntax);
	},
};

/**
 * By the words of the text, as nothing can be found where none of them stands; a name may be written with escapes (`\u0066low`),
 * and then it takes the syntax tree to know.
 */
function interestsIn(source: string, script: ScriptName, libraries: ReadonlyMap<string, string>): Interest[] {
	const holds = source.includes('\\u') ? () => true : (words: RegExp) => words.test(source);
	const interests: Interest[] = [];
	if (holds(/\b(?:context|flow|global)\b/)) interests.push('contexts');
	if (holds(/\b(?:setTimeout|setInterval)\b/)) interests.push('timers');
	if (script === 'func' && holds(/\b(?:reset|flush)\b/)) interests.push('resets');
	if (script !== 'finalize' && (libraries.size > 0 || holds(/\b(?:require|global)\b/))) interests.push('modules');
	if (script === 'func' && mayLeak(source)) interests.push('leaks');
	if (script === 'func' && holds(/\bsend\b/)) interests.push('unseenSends');
	if (holds(/pass|pwd|token|key|secret|authorization|bearer|:\/\//i)) interests.push('secrets');
	if (script === 'initialize' && holds(/\bsend\b/)) interests.push('sendsAtStart');
	return interests;
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
