import type { SpareKind } from '../failover/spare-kind.ts';
import type { Mode } from '../flows/mode.ts';
import type { Finding, LintReport, Severity } from '../lint/finding.ts';
import type { PrimaryPolicy } from '../lint/singletons.ts';
import type { CutoverStrategy, FlowVerdict } from '../lint/verdict.ts';
import type { Release, SlotName, Strategy } from '../promotion/journal.ts';
import type { ComparedSide } from '../snapshot/compared-side.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Completeness } from './completeness/lack.ts';
import type { SpareChoice } from './spares.ts';
import type { StrategyChoice } from './strategy.ts';

/** What a promotion would do: the contract of `plan --json`. */
export interface Plan {
	environment: string;
	mode: Mode;
	/** The snapshot to promote. */
	snapshot: string;
	/** Where that comes from: the dev Node-RED as it was, what another environment runs, or the store. */
	origin: ComparedSide;
	strategy: Strategy;
	/** Why no strategy that costs less: the flows that ask for this one; empty where there is none. */
	because: string[];
	/** What serves today; null before the first promotion. */
	from: { slot: SlotName; release: number; snapshot: string } | null;
	/** The slot that the new release fills, and what that gives up: the release that was kept warm there. */
	to: { slot: SlotName; givesUp: number | null };
	/** True: the snapshot serves already. */
	nothingToDo: boolean;
	changes: FlowChange[];
	nodeRed: { from: string | null; to: string };
	palette: {
		/** `name@version`. */
		added: string[];
		removed: string[];
		changed: { name: string; from: string; to: string }[];
	};
	/** What has to be installed first, as `name@version`, Node-RED itself included; nothing where it is there from an earlier promotion. */
	installs: string[];
	/** What is otherwise than when the release that serves was promoted; null where that is not known. */
	sinceServing: SinceServing | null;
	/** What may be done with each flow, and which nodes forbid the better strategies; a release uses what all of them allow. */
	verdicts: FlowVerdict[];
	/** What the spares of the new release do; warm also where there are none. */
	spare: SpareKind;
	/** What the cutover does to traffic, messages and state. */
	effects: Effect[];
	lint: LintReport['summary'] & { failOn: Severity | 'never'; news: LintNews | null };
	safeguards: Safeguards;
	/** What the snapshot needs and the environment lacks: the certain ones are among the blockers, the likely ones among the warnings. */
	completeness: Completeness;
	/** What must be mended before the snapshot may be promoted. */
	blockers: Blocker[];
	/** What an operator should know. */
	warnings: string[];
}

export interface SinceServing {
	/** The strategy of the last promotion, where this one's is another; null: the same, or there was no cutover. */
	strategy: CutoverStrategy | null;
	/** Keys of the configuration that were added, removed or changed, by path: `variables.BROKER`. */
	configuration: string[];
}

/** Findings that the release which serves did not have, as a baseline of it would tell: a node that was only moved is none. */
export interface LintNews {
	count: number;
	/** The gravest, five at most. */
	first: Pick<Finding, 'rule' | 'severity' | 'nodeId' | 'nodeType' | 'nodeName' | 'flowLabel'>[];
}

/** By flow; config nodes that stand on no flow come under `null`. */
export interface FlowChange {
	flow: string | null;
	added: number;
	removed: number;
	changed: number;
}

export interface Effect {
	/**
	 * - `held`: requests wait · `drained`: what is inside comes out first · `silence`: how long nothing comes out · `carried`: state goes with the work
	 * - `handed over`: messages that go from the old release to the new, none lost and none doubled
	 * - `resets`: state starts anew · `may lose`, `may double`: messages
	 */
	kind: 'held' | 'drained' | 'silence' | 'carried' | 'handed over' | 'resets' | 'may lose' | 'may double';
	what: string;
	/** How many nodes are concerned; 0 where it does not depend on nodes. */
	nodes: number;
}

/** What proves the new release, and what becomes of the old one. */
export interface Safeguards {
	/** `http /health`, `mqtt plant/pong`, `command ./smoke-test.sh`. */
	checks: string[];
	/** `before hold`, `after release`, `promoted`. */
	hooks: string[];
	/** How long the new release is watched while it serves; 0: not at all. */
	bakeMs: number;
	/** The old slot afterwards: it stands by, or is ended. */
	keep: 'warm' | 'none';
}

export interface Blocker {
	code:
		| 'PROMOTION_PAUSED'
		| 'STAGE_SKIPPED'
		| 'LINT_GATE'
		| 'VARIABLES_MISSING'
		| 'CREDENTIALS_MISSING'
		| 'TYPES_MISSING'
		| 'NODE_RED_VERSION';
	message: string;
	hint: string;
}

/** What the environment's configuration says of context. */
export interface ContextPolicy {
	/** memory: in each instance; sqlite: in the store that all of them share. */
	store: 'memory' | 'sqlite';
	carry: boolean;
	except: readonly string[];
}

/** Everything that a plan is made of; nothing else is asked. */
export interface PlanInput {
	environment: string;
	mode: Mode;
	failOn: Severity | 'never';
	snapshot: Snapshot;
	origin: ComparedSide;
	/** The environment that comes before this one, and the snapshot that it runs, null where nothing does; null: none comes before. */
	stage: { environment: string; snapshot: string | null } | null;
	lint: LintReport;
	/** Of what serves, by the same settings. */
	servingLint: LintReport | null;
	installs: string[];
	sinceServing: SinceServing | null;
	serving: { slot: SlotName; release: Release; snapshot: Snapshot } | null;
	/** For the cutover between what serves and the snapshot. */
	choice: StrategyChoice;
	/** For the snapshot alone. */
	spare: SpareChoice;
	slots: Record<SlotName, Release | null>;
	context: ContextPolicy;
	/** What the primary alone fires; null where none is elected. */
	primary: PrimaryPolicy | null;
	completeness: Completeness;
	safeguards: Safeguards;
	/** Ids of the nodes to which the environment gives credentials. */
	credentials: ReadonlySet<string>;
}
