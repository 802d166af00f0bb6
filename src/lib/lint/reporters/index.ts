import { FlowferryError } from '../../errors/flowferry-error.ts';
import { checkstyle } from './checkstyle.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { renderHtml } from './html/html.ts';
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
	html: ({ report, inputs }) => {
		const [input] = inputs;
		if (input !== undefined && inputs.length === 1) return renderHtml(report, input.flows, input.origin);
		throw new FlowferryError({
			code: 'REPORT_ONE_INPUT',
			message: `An html report draws one flow file, and ${inputs.length} are judged`,
			hint: 'Judge each file by itself, with a report of its own.',
		});
	},
} satisfies Record<string, Reporter>;
