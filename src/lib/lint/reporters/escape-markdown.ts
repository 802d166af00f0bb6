import { oneLine } from './reporter.ts';

/** A comment on a pull request may have 65,536 characters on GitHub; what does not fit is counted. */
export const LONGEST_COMMENT = 60_000;

/** Names and texts as they are: neither as Markdown, nor as HTML, nor as a mention of somebody. */
export function escapeMarkdown(text: string): string {
	return oneLine(text)
		.replace(/[\\`*_{}[\]()#+!|~$-]/g, '\\$&')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('@', '&#64;')
		.replaceAll('://', '&#58;//');
}
