import type { Mode } from '../../src/lib/flows/mode.ts';
import type { Family, Finding, Severity } from '../../src/lib/lint/finding.ts';
import { idsOf, type LabelledHazard, type Labels } from './labels.ts';

/** One hazard that the lint should find in one file and mode. */
export interface Expectation {
	class: Family;
	severity: Severity;
	hazard: string;
	/** One finding at any of these. */
	nodeIds: string[];
	/** The gravest severity that the lint gave it; null for a miss. */
	found: Severity | null;
}

export interface FileScore {
	file: string;
	mode: Mode;
	expectations: Expectation[];
	falseAlarms: { finding: Finding; why: string }[];
	/** Findings that are neither right nor wrong. */
	tolerated: Finding[];
}

const gravity: Severity[] = ['error', 'warning', 'info'];

/** Compares what the lint said about a file with what its labels say. A node counts once for each class, however many rules speak of it. */
export function scoreFile(labels: Labels, mode: Mode, findings: readonly Finding[]): FileScore {
	const judged = findings.filter((finding) => isLabelled(labels, finding) || inAnyOf(labels, finding));
	const at = new Map<string, Severity>();
	for (const finding of judged) {
		const place = placeOf(finding.family, finding.nodeId);
		const known = at.get(place);
		if (!known || gravity.indexOf(finding.severity) < gravity.indexOf(known)) at.set(place, finding.severity);
	}
	const expectations = labels.hazards.flatMap((hazard) => expectationsOf(hazard, mode, at));
	const right = new Set(expectations.flatMap((expected) => expected.nodeIds.map((id) => placeOf(expected.class, id))));
	const toleratedPlaces = new Set(labels.tolerated.flatMap((entry) => idsOf(entry.nodes).map((id) => placeOf(entry.class, id))));
	const others = uniqueByPlace(judged.filter((finding) => !right.has(placeOf(finding.family, finding.nodeId))));
	const isTolerated = (finding: Finding): boolean => toleratedPlaces.has(placeOf(finding.family, finding.nodeId));
	return {
		file: labels.file,
		mode,
		expectations,
		falseAlarms: others.filter((finding) => !isTolerated(finding)).map((finding) => ({ finding, why: whyNot(labels, finding) })),
		tolerated: others.filter(isTolerated),
	};
}

function expectationsOf(hazard: LabelledHazard, mode: Mode, at: ReadonlyMap<string, Severity>): Expectation[] {
	const severity = mode === 'hot-spare' ? hazard.hotSpare : hazard.loadBalanced;
	if (severity === null) return [];
	const ids = idsOf(hazard.nodes);
	return (hazard.anyOf ? [ids] : ids.map((id) => [id])).map((nodeIds) => ({
		class: hazard.class,
		severity,
		hazard: hazard.hazard,
		nodeIds,
		found: gravest(nodeIds.map((id) => at.get(placeOf(hazard.class, id)))),
	}));
}

function isLabelled(labels: Labels, finding: Finding): boolean {
	return labels.labelledFlows === 'all' || (finding.flowId !== null && labels.labelledFlows.includes(finding.flowId));
}

function inAnyOf(labels: Labels, finding: Finding): boolean {
	return labels.hazards.some((hazard) => hazard.anyOf && hazard.class === finding.family && idsOf(hazard.nodes).includes(finding.nodeId));
}

function whyNot(labels: Labels, finding: Finding): string {
	const temptation = labels.temptations.find(
		(entry) => (entry.looksLike === finding.family || entry.looksLike === 'hand') && idsOf(entry.nodes).includes(finding.nodeId),
	);
	if (temptation) return temptation.because;
	const elsewhere = labels.hazards.find((hazard) => idsOf(hazard.nodes).includes(finding.nodeId));
	if (elsewhere?.class === finding.family) return 'no hazard in this mode';
	return elsewhere ? `labelled as ${elsewhere.class}` : 'not labelled as a hazard';
}

function placeOf(family: Family, nodeId: string): string {
	return `${family} ${nodeId}`;
}

function uniqueByPlace(findings: Finding[]): Finding[] {
	return [...new Map(findings.map((finding) => [placeOf(finding.family, finding.nodeId), finding])).values()];
}

function gravest(severities: (Severity | undefined)[]): Severity | null {
	return gravity.find((severity) => severities.includes(severity)) ?? null;
}
