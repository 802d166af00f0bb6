import { checkstyle } from './checkstyle.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { html } from './html/html.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import type { Reporter } from './reporter.ts';
import { sarif } from './sarif.ts';

/** Formats for programs. The one for people is dressed with colours, and so belongs to the views. */
export const reporters = {
	json: ({ report }) => `${JSON.stringify(report, null, 2)}\n`,
	sarif,
	junit,
	github,
	gitlab,
	checkstyle,
	markdown,
	html,
} satisfies Record<string, Reporter>;
