import { identityOf, type PlacedFinding } from '../placed.ts';
import type { RuleFacts } from '../rule.ts';
import { nameNode, oneLine, type Reporter } from './reporter.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export const sarif: Reporter = ({ report, rules, version }) => {
	const found = new Set(report.findings.map(({ rule }) => rule));
	const listed = rules.filter(({ id }) => found.has(id));
	const indexes = new Map(listed.map(({ id }, index) => [id, index]));
	const driver = { name: 'flowferry', semanticVersion: version, version, rules: listed.map(describeRule) };
	const log = {
		$schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
		version: '2.1.0',
		runs: [
			{
				tool: { driver },
				automationDetails: { id: `flowferry/${report.mode}/` },
				artifacts: report.files.map((file) => ({ location: { uri: uriOf(file) } })),
				results: report.findings.map((finding) => describeResult(finding, indexes.get(finding.rule), report.files)),
				columnKind: 'utf16CodeUnits',
			},
		],
	};
	return `${JSON.stringify(log, null, 2)}\n`;
};

function describeRule({ id, family, summary, docs }: RuleFacts) {
	return {
		id,
		name: id.replace(/(?:^|[-/])(.)/g, (_match, letter: string) => letter.toUpperCase()),
		shortDescription: { text: `${summary}.` },
		help: docs === undefined ? { text: `flowferry rules ${id}`, markdown: `See \`flowferry rules ${id}\`.` } : { text: docs },
		properties: { tags: ['node-red', family] },
	};
}

function describeResult(finding: PlacedFinding, ruleIndex: number | undefined, files: readonly string[]) {
	const { rule, severity, confidence, message, remediation, family, nodeId, flowId } = finding;
	return {
		ruleId: rule,
		...(ruleIndex === undefined ? {} : { ruleIndex }),
		level: LEVELS[severity],
		message: { text: plainText(`${nameNode(finding)}: ${message} ${remediation}`) },
		locations: [describeLocation(finding, files)],
		...(finding.related === undefined || finding.file === null ? {} : { relatedLocations: describeRelated(finding, files) }),
		partialFingerprints: { 'flowferryFinding/v1': identityOf(finding) },
		properties: { family, confidence, nodeId, flowId },
	};
}

function describeLocation(finding: PlacedFinding, files: readonly string[]) {
	const { file, line, column, nodeId, flowId, flowLabel } = finding;
	const logical = {
		name: finding.nodeName || nodeId,
		fullyQualifiedName: flowId === null ? nodeId : `${flowLabel || flowId}/${nodeId}`,
		kind: 'object',
	};
	if (file === null) return { logicalLocations: [logical] };
	return { physicalLocation: describePlace({ file, line, column }, files), logicalLocations: [logical] };
}

function describeRelated({ file, related = [] }: PlacedFinding, files: readonly string[]) {
	return related.map(({ nodeId, nodeName, why, line, column }, id) => ({
		id,
		physicalLocation: describePlace({ file: file as string, line, column }, files),
		message: { text: plainText(`${oneLine(nodeName || nodeId)}: ${why}`) },
	}));
}

function describePlace({ file, line, column }: { file: string; line: number | null; column: number | null }, files: readonly string[]) {
	const region = line === null || column === null ? {} : { region: { startLine: line, startColumn: column } };
	return { artifactLocation: { uri: uriOf(file), index: files.indexOf(file) }, ...region };
}

/** A relative reference, or an absolute one where the path is absolute. */
function uriOf(file: string): string {
	const encoded = file.split('/').map(encodeURIComponent).join('/');
	if (file.startsWith('/')) return `file://${encoded}`;
	return /^[A-Za-z]:\//.test(file) ? `file:///${encoded.replace('%3A', ':')}` : encoded;
}

/** Even a plain message may hold links, `[text](target)` (3.11.6); names from flows must not make one. */
function plainText(text: string): string {
	return text.replaceAll('](', '] (');
}
