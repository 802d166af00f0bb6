import { nearest } from '../config/nearest.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { reporters } from '../lint/reporters/index.ts';
import type { ReportSubject } from '../lint/reporters/reporter.ts';
import { renderLint } from '../ui/render-lint.ts';
import { plainTheme, type Theme } from '../ui/theme.ts';

export const formats = ['stylish', 'readable', ...(Object.keys(reporters) as (keyof typeof reporters)[])] as const;
export type Format = (typeof formats)[number];

/** A report in a format; `readable` is an older name of `stylish`. The text ends with a line break unless it is empty. */
export async function renderReport(format: Format, subject: ReportSubject, theme: Theme = plainTheme): Promise<string> {
	if (format === 'stylish' || format === 'readable') return `${renderLint(subject.report, subject.inputs, theme)}\n`;
	const report = await reporters[format]();
	return report(subject);
}

/** A report to write besides what goes to stdout. */
export interface WantedReport {
	format: Format;
	path: string;
}

/** Reads `FORMAT=FILE`. @throws FlowferryError REPORT_UNKNOWN */
export function parseWantedReport(text: string): WantedReport {
	const [, format = text, path = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
	const known: readonly string[] = formats;
	if (known.includes(format) && path !== '') return { format: format as Format, path };
	const meant = nearest(format, known);
	throw new FlowferryError({
		code: 'REPORT_UNKNOWN',
		message: known.includes(format) ? `--report ${text} names no file` : `--report ${text} names no format that there is`,
		hint: `Write --report ${meant ?? 'sarif'}=FILE; the formats are ${formats.join(', ')}.`,
	});
}
