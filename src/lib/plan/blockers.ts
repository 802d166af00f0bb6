import type { Finding } from '../lint/finding.ts';
import { type Severity, severities } from '../lint/finding.ts';
import { type Snapshot, shortId } from '../snapshot/snapshot.ts';
import { type CertainKind, certainLacks } from './completeness/lack.ts';
import type { Blocker, PlanInput } from './plan.ts';

/** How many findings an error names; the lint itself shows all. */
const FINDINGS_NAMED = 5;

/** What must be mended before a snapshot may be promoted. */
export function findBlockers(input: PlanInput): Blocker[] {
	return [...stageSkipped(input), ...lacking(input), ...lintGate(input)];
}

/** The code of the one blocker that an override lifts. */
export const STAGE_SKIPPED = 'STAGE_SKIPPED' satisfies Blocker['code'];

/** @returns nothing where the stage before runs the snapshot, or none comes before */
export function stageSkipped({
	stage,
	snapshot,
	environment,
}: Pick<PlanInput, 'stage' | 'environment'> & { snapshot: Pick<Snapshot, 'id'> }): Blocker[] {
	if (!stage || stage.snapshot === snapshot.id) return [];
	const runs = stage.snapshot === null ? 'nothing' : `snapshot ${shortId(stage.snapshot)}`;
	const instead = stage.snapshot === null ? '' : `; or bring over what runs there: flowferry promote ${environment}`;
	return [
		{
			code: STAGE_SKIPPED,
			message: `${environment} comes after ${stage.environment}, which runs ${runs} and not ${shortId(snapshot.id)}`,
			hint: `promote it there first: flowferry promote ${stage.environment} --snapshot ${shortId(snapshot.id)}${instead}`,
		},
	];
}

/** What the environment certainly lacks, as one blocker for each kind. */
function lacking({ completeness, environment }: PlanInput): Blocker[] {
	return Array.from(
		Map.groupBy(certainLacks(completeness), ({ kind }) => kind),
		([kind, lacks]) => ({
			code: lackCodes[kind],
			message: [`${environment} lacks what the snapshot needs:`, ...lacks.map(({ message }) => message)].join(
				lacks.length > 1 ? '\n  ' : ' ',
			),
			hint: [...new Set(lacks.map(({ remedy }) => remedy))].join('; '),
		}),
	);
}

const lackCodes: Record<CertainKind, Blocker['code']> = {
	variable: 'VARIABLES_MISSING',
	credentials: 'CREDENTIALS_MISSING',
	type: 'TYPES_MISSING',
	'node-red': 'NODE_RED_VERSION',
};

function lintGate({ snapshot, lint, failOn, environment, mode }: PlanInput): Blocker[] {
	if (failOn === 'never') return [];
	const stopping = lint.findings.filter((finding) => severities.indexOf(finding.severity) <= severities.indexOf(failOn));
	if (stopping.length === 0) return [];
	const named = stopping.slice(0, FINDINGS_NAMED).map(nameFinding);
	const more = stopping.length > named.length ? [`and ${stopping.length - named.length} more`] : [];
	return [
		{
			code: 'LINT_GATE',
			message: [`the lint gate is at '${failOn}', and ${countOf(stopping, failOn)}:`, ...named, ...more].join('\n  '),
			hint: `\`flowferry snapshot show ${shortId(snapshot.id)} --flows | flowferry lint - --mode ${mode}\` explains them; mend the flows, or lower the gate: environments.${environment}.failOn, or --fail-on for this once`,
		},
	];
}

function countOf({ length }: Finding[], failOn: Severity): string {
	const atLeast = failOn === 'error' ? '' : ` of severity ${failOn} or worse`;
	return length === 1 ? `1 finding${atLeast} stands in the way` : `${length} findings${atLeast} stand in the way`;
}

function nameFinding({ severity, rule, nodeType, nodeName, nodeId, flowLabel }: Finding): string {
	const flow = flowLabel ? ` on '${flowLabel}'` : '';
	return `${severity}: ${rule} at ${nodeType} '${nodeName || nodeId}' (${nodeId})${flow}`;
}
