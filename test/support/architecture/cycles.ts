import type { SourceFile } from './source-file.ts';

/** Import cycles as paths that end where they begin. Each file is named in at most one of them; none: an empty list. */
export function findCycles(files: SourceFile[]): string[][] {
	const byPath = new Map(files.map((file) => [file.path, file]));
	const done = new Set<string>();
	const cycles: string[][] = [];

	const descend = (path: string, trail: string[]): void => {
		const start = trail.indexOf(path);
		if (start >= 0) {
			cycles.push([...trail.slice(start), path]);
			return;
		}
		const file = byPath.get(path);
		if (file === undefined || done.has(path)) return;
		for (const { target } of file.imports) descend(target, [...trail, path]);
		done.add(path);
	};
	for (const { path } of files) descend(path, []);
	return cycles;
}
