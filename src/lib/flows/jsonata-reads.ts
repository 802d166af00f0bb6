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
	const reads: ExpressionRead[] = [];
	const pending: unknown[] = [parseExpression(expression)];
	while (pending.length > 0) {
		const part = pending.pop();
		if (typeof part !== 'object' || part === null) continue;
		const { type, procedure, arguments: given } = part as { type?: string; procedure?: Variable; arguments?: Argument[] };
		const scope = type === 'function' && procedure?.type === 'variable' ? scopes[procedure.value] : undefined;
		if (scope) reads.push({ scope, key: literal(given?.[0]), store: literal(given?.[1]) });
		for (const [key, value] of Object.entries(part)) if (key !== 'procedure' || !scope) pending.push(value);
	}
	return reads;
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
