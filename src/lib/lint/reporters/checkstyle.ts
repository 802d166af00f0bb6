import { groupByFile, nameNode, type Reporter } from './reporter.ts';
import { element, XML_HEADER } from './xml.ts';

/** Checkstyle XML, which many code review tools read. */
export const checkstyle: Reporter = (subject) => {
	const files = [...groupByFile(subject)].map(([name, findings]) =>
		element(
			'file',
			{ name },
			findings.map((finding) => {
				const { line, column, severity, rule, message, remediation } = finding;
				const text = `${nameNode(finding)}: ${message} ${remediation}`;
				// A line is required; 1 stands for the file as a whole.
				return `\n${element('error', { line: line ?? 1, column, severity, message: text, source: `flowferry.${rule}` })}`;
			}),
		),
	);
	return `${XML_HEADER}${element(
		'checkstyle',
		{ version: '4.3' },
		files.map((file) => `\n${file}`),
	)}\n`;
};
