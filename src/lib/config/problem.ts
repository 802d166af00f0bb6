import { FlowferryError } from '../errors/flowferry-error.ts';

/** Keys and indices from the root: `['environments', 'production', 'checks', 0]`. */
export type KeyPath = readonly (string | number)[];

/** One thing that is wrong with a configuration file, at its place. */
export interface ConfigProblem {
	/** From 1. */
	line: number;
	/** From 1. */
	column: number;
	path: KeyPath;
	/** Without the value, which may be a secret. */
	message: string;
	/** An instruction. */
	remedy: string;
}

/** `environments.production.checks[0].http`, as people write it. */
export function renderPath(path: KeyPath): string {
	return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`)).join('');
}

/** All problems of a file as one error, in the order of the file. */
export function configInvalid(file: string, problems: ConfigProblem[]): FlowferryError {
	const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
	const line = (problem: ConfigProblem) => {
		const key = renderPath(problem.path);
		return `${file}:${problem.line}:${problem.column}: ${key === '' ? '' : `${key}: `}${problem.message}`;
	};
	const only = sorted.length === 1 ? sorted[0] : undefined;
	if (only) return new FlowferryError({ code: 'CONFIG_INVALID', message: line(only), hint: only.remedy, docs: 'docs/configuration.md' });
	return new FlowferryError({
		code: 'CONFIG_INVALID',
		message: `${file} has ${sorted.length} errors\n${sorted.map((problem) => `  ${line(problem)}\n    → ${problem.remedy}`).join('\n')}`,
		hint: `Correct these ${sorted.length} places.`,
		docs: 'docs/configuration.md',
	});
}
