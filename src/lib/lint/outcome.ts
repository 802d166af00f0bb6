import { type Confidence, confidences } from './finding.ts';
import type { GateReport } from './placed.ts';
import { type FailOn, severityReaches } from './report.ts';

/** Whether a confidence is at least another. */
export function confidenceReaches(confidence: Confidence, least: Confidence): boolean {
	return confidences.indexOf(confidence) <= confidences.indexOf(least);
}

/** Why a run does not pass. */
export interface Failure {
	/** A sentence without its full stop. */
	reason: string;
	/** What to do, where the report does not say it; null where the findings do. */
	hint: string | null;
}

/** What a run must keep to. */
export interface Thresholds {
	failOn: FailOn;
	/** Undefined: any number. */
	maxWarnings: number | undefined;
}

/** None: the run passes. The same for every format. */
export function findFailures(report: Pick<GateReport, 'findings' | 'summary' | 'stale'>, { failOn, maxWarnings }: Thresholds): Failure[] {
	const { warnings } = report.summary;
	const stale = report.stale.length;
	const failures: Failure[] = [];
	if (severityReaches(report, failOn)) failures.push({ reason: `there are findings at or above ${failOn}`, hint: null });
	if (maxWarnings !== undefined && warnings > maxWarnings) {
		failures.push({
			reason: `${warnings} warnings are more than the ${maxWarnings} that may be`,
			hint: 'Mend some, or let more pass: --max-warnings.',
		});
	}
	if (stale > 0) {
		const reason = `the baseline has ${stale === 1 ? 'an entry that covers' : `${stale} entries that cover`} nothing any more`;
		failures.push({ reason, hint: 'Take out what is mended: --prune-baseline. Where a node was changed, look at its findings anew.' });
	}
	return failures;
}
