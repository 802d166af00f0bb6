import type { FlowNode } from '../flows/node.ts';
import { findUnknownPins, type PrimaryPolicy } from '../lint/singletons.ts';
import type { FlowVerdict } from '../lint/verdict.ts';
import { otherSlot } from '../promotion/journal.ts';
import type { PaletteModule } from '../snapshot/snapshot.ts';
import { findBlockers } from './blockers.ts';
import { compareFlows } from './changes.ts';
import { likelyLacks } from './completeness/lack.ts';
import { predictEffects } from './effects.ts';
import { lintNews } from './lint-news.ts';
import type { Plan, PlanInput } from './plan.ts';

/** Decides what a promotion would do. Pure: the same input gives the same plan. */
export function buildPlan(input: PlanInput): Plan {
	const { snapshot, serving, lint, failOn } = input;
	const strategy = serving ? input.choice.strategy : 'first';
	const slot = otherSlot(serving?.slot);
	const before = serving?.snapshot.content;
	return {
		environment: input.environment,
		mode: input.mode,
		snapshot: snapshot.id,
		origin: input.origin,
		strategy,
		because: serving ? input.choice.because : [],
		from: serving && { slot: serving.slot, release: serving.release.number, snapshot: serving.release.snapshot },
		to: { slot, givesUp: input.slots[slot]?.number ?? null },
		nothingToDo: serving?.release.snapshot === snapshot.id,
		changes: compareFlows(before?.flows ?? [], snapshot.content.flows),
		nodeRed: { from: before?.nodeRed.version ?? null, to: snapshot.content.nodeRed.version },
		palette: comparePalettes(before?.palette ?? [], snapshot.content.palette),
		installs: input.installs,
		sinceServing: input.sinceServing,
		verdicts: lint.verdicts ?? [],
		spare: input.spare.spare,
		effects: predictEffects(strategy, snapshot.content.flows, lint, input.context),
		lint: { ...lint.summary, failOn, news: lintNews(input) },
		safeguards: input.safeguards,
		completeness: input.completeness,
		blockers: findBlockers(input),
		warnings: [
			...(serving ? input.choice.warnings : []),
			...input.spare.because.map((reason) => `the spare is kept warm, not hot, since of the flow ${reason}`),
			...credentialWarnings(snapshot.content.flows, input.credentials),
			...pinWarnings(snapshot.content.flows, input.primary),
			...notReadyWarnings(lint.verdicts ?? []),
			...likelyLacks(input.completeness),
		],
	};
}

function comparePalettes(before: readonly PaletteModule[], after: readonly PaletteModule[]): Plan['palette'] {
	const versions = (modules: readonly PaletteModule[]) => new Map(modules.map(({ name, version }) => [name, version]));
	const [earlier, later] = [versions(before), versions(after)];
	const only = (modules: readonly PaletteModule[], others: ReadonlyMap<string, string>) =>
		modules.filter(({ name }) => !others.has(name)).map(({ name, version }) => `${name}@${version}`);
	const changed = after.flatMap(({ name, version }) => {
		const from = earlier.get(name);
		return from === undefined || from === version ? [] : [{ name, from, to: version }];
	});
	return { added: only(after, earlier), removed: only(before, later), changed };
}

/** A snapshot holds no credentials: the environment gives them, by node id. */
function credentialWarnings(flows: FlowNode[], credentials: ReadonlySet<string>): string[] {
	const ids = new Set(flows.map(({ id }) => id));
	return [...credentials]
		.filter((id) => !ids.has(id))
		.map((id) => `the configuration gives credentials to node ${id}, which the flows do not have`);
}

function pinWarnings(flows: FlowNode[], primary: PrimaryPolicy | null): string[] {
	const unknown = primary ? findUnknownPins(flows, primary) : [];
	return unknown.map((pin) => `the configuration names ${pin} under primary, but no node or flow of the snapshot is called so`);
}

/** The gate may let them pass all the same; whoever promotes should know. */
function notReadyWarnings(verdicts: FlowVerdict[]): string[] {
	return verdicts
		.filter(({ notReady }) => notReady)
		.map(({ flowLabel, because }) => `the flow '${flowLabel}' is not ready for this mode: ${reasonsOf(because)}`);
}

function reasonsOf(because: FlowVerdict['because']): string {
	const reasons = because.filter(({ strategy }) => strategy === 'any').map(({ nodeId, rule, reason }) => `${rule ?? reason} at ${nodeId}`);
	return reasons.length > 3 ? `${reasons.slice(0, 3).join(', ')} and ${reasons.length - 3} more` : reasons.join(', ');
}
