import jsonata from 'jsonata';
import type { ContextScope } from './context-names.ts';

export interface ExpressionRead {
	scope: Exclude<ContextScope, 'node'>;
	/** As written, without a store prefix; null where it is computed. */
	key: string | null;
	/** A named store; null for the default store. */
	store: string | null;
}

const scopes: Record<string, ExpressionRead['scope']> = { flowContext: 'flow', globalContext: 'global' };

/** The context keys that a JSONata expression reads; none where it does not parse. Node-RED gives expressions no way to write. */
export function findExpressionReads(expression: string): ExpressionRead[] {
	if (!/\$(?:flow|global)Context\b/.test(expression)) return [];
	return callsIn(expression, Object.keys(scopes)).map(({ called, given }) => ({
		scope: scopes[called] as ExpressionRead['scope'],
		key: literal(given[0]),
		store: literal(given[1]),
	}));
}

/** The variables that a JSONata expression asks for by `$env("NAME")`; none where it does not parse. */
export function findExpressionVariables(expression: string): string[] {
	if (!/\$env\b/.test(expression)) return [];
	return callsIn(expression, ['env']).flatMap(({ given }) => literal(given[0]) ?? []);
}

function callsIn(expression: string, functions: readonly string[]): { called: string; given: Argument[] }[] {
	const calls: { called: string; given: Argument[] }[] = [];
	const pending: unknown[] = [parseExpression(expression)];
	while (pending.length > 0) {
		const part = pending.pop();
		if (typeof part !== 'object' || part === null) continue;
		const { type, procedure, arguments: given } = part as { type?: string; procedure?: Variable; arguments?: Argument[] };
		const called = type === 'function' && procedure?.type === 'variable' ? procedure.value : undefined;
		const isWanted = called !== undefined && functions.includes(called);
		if (isWanted) calls.push({ called, given: given ?? [] });
		for (const [key, value] of Object.entries(part)) if (key !== 'procedure' || !isWanted) pending.push(value);
	}
	return calls;
}

interface Variable {
	type: string;
	value: string;
}

interface Argument {
	type: string;
	value?: unknown;
}

function literal(argument: Argument | undefined): string | null {
	return argument?.type === 'string' && typeof argument.value === 'string' ? argument.value : null;
}

function parseExpression(expression: string): unknown {
	try {
		return jsonata(expression).ast();
	} catch {
		return null;
	}
}
