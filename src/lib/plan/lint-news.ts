import { applyBaseline, buildBaseline } from '../lint/baseline.ts';
import { type Finding, severities } from '../lint/finding.ts';
import { type PlacedFinding, placeFindings } from '../lint/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { LintNews, PlanInput } from './plan.ts';

/** How many are named; the lint itself shows all. */
const NAMED = 5;

/** What the lint finds in a snapshot beyond a baseline of what serves; null before the first promotion. Pure. */
export function lintNews({ snapshot, mode, lint, serving, servingLint }: PlanInput): LintNews | null {
	if (!serving || !servingLint) return null;
	const inNoFile = () => null;
	const baseline = buildBaseline(mode, placed(serving.snapshot, servingLint.findings), inNoFile);
	const { fresh } = applyBaseline(baseline, placed(snapshot, lint.findings), inNoFile, () => true);
	const first = [...fresh].sort((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity)).slice(0, NAMED);
	return {
		count: fresh.length,
		first: first.map(({ rule, severity, nodeId, nodeType, nodeName, flowLabel }) => ({
			rule,
			severity,
			nodeId,
			nodeType,
			nodeName,
			flowLabel,
		})),
	};
}

function placed({ content: { flows } }: Snapshot, findings: readonly Finding[]): PlacedFinding[] {
	return placeFindings(findings, { file: null, flows, places: () => new Map() });
}
