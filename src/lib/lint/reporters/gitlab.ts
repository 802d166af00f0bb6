import { identityOf } from '../placed.ts';
import { nameNode, type Reporter } from './reporter.ts';

const SEVERITIES = { error: 'major', warning: 'minor', info: 'info' } as const;

/** GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
export const gitlab: Reporter = ({ report, inputs }) => {
	const counts = new Map<string, number>();
	const issues = report.findings.map((finding) => {
		const { rule, severity, message, file, line } = finding;
		const identity = identityOf(finding);
		// GitLab drops all but one of equal fingerprints.
		const count = (counts.get(identity) ?? 0) + 1;
		counts.set(identity, count);
		return {
			type: 'issue',
			check_name: rule,
			description: `${nameNode(finding)}: ${message}`,
			content: { body: finding.remediation },
			categories: ['Bug Risk'],
			severity: SEVERITIES[severity],
			fingerprint: count === 1 ? identity : `${identity}-${count}`,
			location: { path: file ?? inputs[0]?.origin ?? '', lines: { begin: line ?? 1 } },
		};
	});
	return `${JSON.stringify(issues, null, 2)}\n`;
};
