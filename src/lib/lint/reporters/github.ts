import { nameNode, type Reporter } from './reporter.ts';

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** Workflow commands of GitHub Actions, which become annotations at the lines of the flow file. */
export const github: Reporter = ({ report }) =>
	report.findings
		.map((finding) => {
			const { severity, file, line, column, rule, message, remediation } = finding;
			const place = { file, line, col: column, title: `flowferry: ${rule}` };
			const properties = Object.entries(place).filter(([, value]) => value !== null);
			const head = properties.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(',');
			return `::${COMMANDS[severity]} ${head}::${escapeData(`${nameNode(finding)}\n${message}\n${remediation}`)}\n`;
		})
		.join('');

/** As the runner undoes it: `unescapeData` and `unescapeProperty` of its ActionCommand.cs. */
function escapeData(text: string): string {
	return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
	return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
