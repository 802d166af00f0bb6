import type { Reporter } from './reporter.ts';

/** Formats for programs, each loaded when it is asked for. The one for people is dressed with colours, and so belongs to the views. */
export const reporters = {
	json: async () => (({ report }) => `${JSON.stringify(report, null, 2)}\n`) satisfies Reporter,
	sarif: async () => (await import('./sarif.ts')).sarif,
	junit: async () => (await import('./junit.ts')).junit,
	github: async () => (await import('./github.ts')).github,
	gitlab: async () => (await import('./gitlab.ts')).gitlab,
	checkstyle: async () => (await import('./checkstyle.ts')).checkstyle,
	markdown: async () => (await import('./markdown.ts')).markdown,
	html: async () => (await import('./html/html.ts')).html,
} satisfies Record<string, () => Promise<Reporter>>;
