import type { PlacedFinding } from '../placed.ts';
import { groupByFile, nameNode, type Reporter } from './reporter.ts';
import { element, escapeXml, XML_HEADER } from './xml.ts';

/**
 * JUnit XML, as test reports of CI systems read it: a suite for each file, a failing test for each error and warning. A finding of
 * severity info is a skipped test, which no CI system takes for a failure; a file without findings has one test that passes.
 */
export const junit: Reporter = (subject) => {
	const suites = [...groupByFile(subject)].map(([file, findings]) => suite(file, findings));
	const { errors, warnings, infos } = subject.report.summary;
	const tests = subject.report.findings.length + suites.filter(({ isClean }) => isClean).length;
	const attributes = { name: 'flowferry lint', tests, failures: errors + warnings, errors: 0, skipped: infos };
	return `${XML_HEADER}${element(
		'testsuites',
		attributes,
		suites.map(({ xml }) => `\n${xml}`),
	)}\n`;
};

function suite(file: string, findings: readonly PlacedFinding[]): { xml: string; isClean: boolean } {
	const skipped = findings.filter(({ severity }) => severity === 'info').length;
	const isClean = findings.length === 0;
	const cases = isClean ? [element('testcase', { name: 'no findings', classname: file, file })] : findings.map(testCase(file));
	const attributes = { name: file, tests: cases.length, failures: findings.length - skipped, errors: 0, skipped, time: 0 };
	const xml = element(
		'testsuite',
		attributes,
		cases.map((each) => `\n${each}`),
	);
	return { xml, isClean };
}

function testCase(file: string): (finding: PlacedFinding) => string {
	return (finding) => {
		const { rule, severity, message, remediation, line } = finding;
		const text = `${message}\n\n${remediation}\n\n${file}${line === null ? '' : `:${line}`}, rule ${rule}, confidence ${finding.confidence}`;
		const outcome =
			severity === 'info' ? element('skipped', { message: text }) : element('failure', { message, type: severity }, [escapeXml(text)]);
		return element('testcase', { name: `${rule}: ${nameNode(finding)}`, classname: file, file, line }, [outcome]);
	};
}
