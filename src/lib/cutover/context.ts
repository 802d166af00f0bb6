import type { RunUserCommand } from '../adapters/user-command.ts';
import type { NamedEnvironment } from '../config/environment-of.ts';
import type { PromotionDraft } from '../promotion/journal.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { DrainReport, FlowProblem, GateReport, QuiesceReport, StreamReport } from '../targets/instance.ts';
import type { Progress, Target } from '../targets/target.ts';
import type { ContextReport } from './carry-context.ts';
import type { ReleaseActivity } from './compare-releases.ts';

/** What a strategy works with. */
export interface CutoverContext extends PromotionDraft {
	environment: NamedEnvironment;
	target: Target;
	loadSnapshot: () => Promise<Snapshot>;
	progress: Progress;
	runCommand: RunUserCommand;
	/** Whether a check or hook that fails stops it. Not where it goes back by itself, to what served before: then it warns. */
	insists: boolean;
	/** Filled in by the steps. */
	report: CutoverReport;
}

/** What a cutover cost, as far as it has come. */
export interface CutoverReport {
	/** From closing the old sources to the new flows' start, on the process's own clock. */
	gapBeganMs: number;
	gapEndedMs: number;
	/** Sources that did not close in time. */
	stuckSources: QuiesceReport['stuck'];
	/** False where something was inside or still moving at the drain's deadline. */
	drained: boolean;
	/** Messages that were still inside at the drain's deadline, by node. */
	left: DrainReport['left'];
	/** Private fields that the old Node-RED does not have: it was stopped as it was. */
	unknownFields: string[];
	/** What was carried over from the old instances' memory; null where nothing was to be. */
	context: ContextReport | null;
	/** The same, on the way back. */
	contextBack: ContextReport | null;
	/** Requests that the old side had taken and not answered by the drain's deadline. */
	unansweredRequests: number;
	/** Where each old instance's subscriptions stood when its sources were closed, by the instance's name. */
	closedStreams: Record<string, StreamReport>;
	/** What the gate held, where the strategy has one. */
	gate: GateReport | null;
	/** What was done otherwise than planned, or went wrong and was no reason to go back; for people. */
	remarks: string[];
	/** Errors that the new flows logged at their start, and that were no reason to go back. */
	problems: FlowProblem[];
	/** What the old release did in its last minutes, before anything was held; null where there is none to compare with. */
	before: ReleaseActivity | null;
	/** What the new release has done so far, when it was last looked at. */
	after: ReleaseActivity | null;
}

export function emptyReport(): CutoverReport {
	return {
		gapBeganMs: 0,
		gapEndedMs: 0,
		stuckSources: [],
		drained: true,
		left: [],
		unknownFields: [],
		context: null,
		contextBack: null,
		unansweredRequests: 0,
		closedStreams: {},
		gate: null,
		remarks: [],
		problems: [],
		before: null,
		after: null,
	};
}
