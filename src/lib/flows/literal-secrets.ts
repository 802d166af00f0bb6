import type { AnyNode } from 'acorn';
import type { Syntax } from './syntax.ts';

/** A password or the like that stands in code as text. The text itself is not kept. */
export interface LiteralSecret {
	/** What it is called: a variable, a property, or `a URL`. */
	name: string;
	line: number;
}

const secretName =
	/(?:^|[_-])(?:pass(?:word|wd|phrase)?|pwd|secret|api_?key|token|bearer|authorization)$|(?:Password|Secret|ApiKey|Token|Authorization)$/i;
const notAWord = /[^A-Za-z]/;

/** Whether a name says that its value is a secret. */
export function namesSecret(name: string): boolean {
	return secretName.test(name);
}

/** Whether a text looks like a secret rather than a word, a placeholder or a reference. */
export function looksSecret(text: string): boolean {
	const value = text.replace(/^(?:Bearer|Basic|Token)\s+/i, '').trim();
	if (value.length < 6 || /\s/.test(value) || !notAWord.test(value)) return false;
	return !/^[$<{[(]|\$\{|^x+$|^\*+$|^(?:your|my|change|example|test|dummy|sample|insert)|\.(?:password|token|key|secret)$/i.test(value);
}

/** Whether a URL carries a user and a password. */
export function holdsUserInfo(text: string): boolean {
	return /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@${}<]{3,}@[^\s/]+/i.test(text);
}

/** Whether a URL carries a long key: in its path (`/key/…`) or in its query (`?apikey=…`). */
export function holdsKey(text: string): boolean {
	const key = /^https?:\/\/\S*[/?&_-](?:key|token|api_?key|appid|auth|secret)[=/]([A-Za-z0-9_-]{20,})(?:$|[/?&#])/i.exec(text)?.[1];
	return key !== undefined && /\d/.test(key) && /[A-Za-z]/.test(key);
}

export function findSecrets({ nodes, lineOf }: Syntax): LiteralSecret[] {
	const found: LiteralSecret[] = [];
	const judge = (name: string | null, value: AnyNode | null | undefined): void => {
		if (name === null || value?.type !== 'Literal' || typeof value.value !== 'string') return;
		if (namesSecret(name) && looksSecret(value.value)) found.push({ name, line: lineOf(value) });
	};
	for (const node of nodes) {
		if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') judge(node.id.name, node.init as AnyNode | null);
		else if (node.type === 'Property') judge(keyOf(node.key as AnyNode), node.value as AnyNode);
		else if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression')
			judge(keyOf(node.left.property as AnyNode), node.right as AnyNode);
		else if (node.type === 'Literal' && typeof node.value === 'string' && (holdsUserInfo(node.value) || holdsKey(node.value)))
			found.push({ name: 'a URL', line: lineOf(node) });
	}
	return found.sort((a, b) => a.line - b.line);
}

function keyOf(key: AnyNode): string | null {
	if (key.type === 'Identifier') return key.name;
	return key.type === 'Literal' && typeof key.value === 'string' ? key.value : null;
}
