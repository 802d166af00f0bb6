/** Tells whether a text fits one of some patterns: `*` stands for any text, `?` for one character. */
export function compileNamePatterns(patterns: readonly string[]): (name: string) => boolean {
	const expressions = patterns.map((pattern) => new RegExp(`^${translate(pattern, { any: '.*', one: '.' })}$`, 'su'));
	return (name) => expressions.some((expression) => expression.test(name));
}

/**
 * The same for paths with `/`: `*` and `?` stay within a folder, `**` spans folders. A pattern without `/` is about a file's name,
 * wherever the file is.
 */
export function compilePathPatterns(patterns: readonly string[]): (path: string) => boolean {
	const expressions = patterns.map((pattern) => {
		const anchored = pattern.includes('/') ? pattern.replace(/^\.?\//, '') : `**/${pattern}`;
		return new RegExp(`^${translate(anchored, { any: '[^/]*', one: '[^/]' })}$`, 'su');
	});
	return (path) => expressions.some((expression) => expression.test(path));
}

function translate(pattern: string, { any, one }: { any: string; one: string }): string {
	return pattern.replace(/\*\*\/|\/\*\*$|\*+|\?|[\\^$.|+()[\]{}/-]/gu, (part) => {
		if (part === '**/') return any === '.*' ? '.*/' : '(?:.*/)?';
		if (part === '/**') return '/.*';
		if (part === '?') return one;
		if (part.startsWith('*')) return part.length > 1 ? '.*' : any;
		return part === '-' ? part : `\\${part}`;
	});
}
