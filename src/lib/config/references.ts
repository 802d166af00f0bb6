import type { LocatedDocument } from './document.ts';
import type { ConfigProblem, KeyPath } from './problem.ts';
import { renderPath } from './problem.ts';

/** What the program was started with: `process.env`, or a test's. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `$${` (a literal `${`), `${NAME}`, `${NAME:-default}`, or a `${` that is neither. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$\{/g;

export interface Resolved {
	value: unknown;
	/** For each value that holds references, by its rendered path: the names of its variables. */
	references: Map<string, string[]>;
	problems: ConfigProblem[];
}

/** Replaces the references in every string value. Keys are left alone; the variables' values are never said. */
export function resolveReferences(value: unknown, env: Environment, place: LocatedDocument['locate']): Resolved {
	const references = new Map<string, string[]>();
	const problems: ConfigProblem[] = [];

	const replace = (text: string, path: KeyPath): string =>
		text.replace(REFERENCE, (match: string, name: string | undefined, fallback: string | undefined) => {
			if (match === '$${') return '${';
			if (name === undefined) {
				problems.push({
					...place(path, 'value'),
					path,
					message: 'has a ${ that does not begin a reference',
					remedy: 'Write ${NAME} or ${NAME:-default}, or $${ for a literal ${.',
				});
				return match;
			}
			references.set(renderPath(path), [...(references.get(renderPath(path)) ?? []), name]);
			const found = env[name];
			// As in a shell: `:-` also stands in for a variable that is set but empty.
			if (fallback !== undefined) return found === undefined || found === '' ? fallback : found;
			if (found !== undefined) return found;
			problems.push({
				...place(path, 'value'),
				path,
				message: `the environment variable ${name} is not set`,
				remedy: `Set it (\`export ${name}=…\`), or give a default: \${${name}:-default}.`,
			});
			return match;
		});

	const walk = (current: unknown, path: KeyPath): unknown => {
		if (typeof current === 'string') return replace(current, path);
		if (Array.isArray(current)) return current.map((item, index) => walk(item, [...path, index]));
		if (typeof current !== 'object' || current === null) return current;
		return Object.fromEntries(Object.entries(current).map(([key, item]) => [key, walk(item, [...path, key])]));
	};
	return { value: walk(value, []), references, problems };
}
