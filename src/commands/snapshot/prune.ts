import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { confirmed } from '../../confirmed.ts';
import { type Context, createContext } from '../../context.ts';
import { askEnvironments, type EnvironmentHolds } from '../../held-snapshots.ts';
import { parseDuration } from '../../lib/config/duration.ts';
import { FlowferryError } from '../../lib/errors/flowferry-error.ts';
import { choosePruned, type Retention } from '../../lib/snapshot/choose-pruned.ts';
import type { StoredTime } from '../../lib/snapshot/store.ts';
import { count } from '../../lib/ui/printable.ts';
import { renderPruned } from '../../lib/ui/render-store.ts';
import { tellUnshared, type Unshared } from '../../tell-unshared.ts';

/** The contract of `flowferry snapshot prune --json`. */
interface PruneResult extends Unshared {
	/** Ids that went; with --dry-run, that would. */
	pruned: string[];
	/** How many stay. */
	kept: number;
}

export default class PruneSnapshots extends BaseCommand<typeof PruneSnapshots> {
	static override summary = 'Take old snapshots out of the store';
	static override description =
		`Never one that is tagged, or that an environment runs, keeps warm or is being promoted to: each environment is asked. It is one commit; git's history still has what went, so no disk space is won. A rollback to an older release needs its snapshot: \`git checkout\` brings that back.`;

	static override examples = [
		{ description: 'What would go', command: '<%= config.bin %> snapshot prune --older-than 90d --dry-run' },
		{ description: 'Keep the newest hundred, without a question', command: '<%= config.bin %> snapshot prune --keep 100 --yes' },
	];

	static override flags = {
		keep: Flags.integer({ description: 'So many of the newest stay', min: 0, exclusive: ['older-than'] }),
		'older-than': Flags.string({ description: 'Those go that are older: 90d, 12h' }),
		'dry-run': Flags.boolean({ description: 'Say what would go, and change nothing' }),
		force: Flags.string({ description: 'Go on though this environment cannot be asked', multiple: true, default: [] }),
		yes: Flags.boolean({ char: 'y', description: 'Do not ask' }),
	};

	async run(): Promise<PruneResult> {
		const context = await createContext(this.flags.config);
		const retention = this.retention(context.now());
		const { index, prunable } = await this.choose(context, retention);
		const kept = index.length - prunable.length;
		if (prunable.length === 0) {
			this.log(`Nothing to prune: ${count(index.length, 'snapshot')}, all of which are to stay`);
			return { pruned: [], kept };
		}
		if (this.flags['dry-run']) {
			this.log(`${count(prunable.length, 'snapshot')} would go, ${kept} stay\n${renderPruned(prunable)}`);
			return { pruned: prunable.map(({ id }) => id), kept };
		}
		await this.confirmed(`Prune ${count(prunable.length, 'snapshot')} of ${index.length}?`);
		// While the question stood, one may have been tagged or promoted.
		const now = await this.choose(context, retention);
		const still = new Set(now.prunable.map(({ id }) => id));
		const pruned = prunable.filter(({ id }) => still.has(id));
		const amount = count(pruned.length, 'snapshot');
		const result = { pruned: pruned.map(({ id }) => id), kept: now.index.length - pruned.length };
		const { unshared } = await context.snapshots.remove(result.pruned, `Prune ${amount}`);
		this.log(`Pruned ${amount}, ${result.kept} stay; git's history still has them\n${renderPruned(pruned)}`);
		return { ...result, ...tellUnshared(unshared, (line) => this.logToStderr(line)) };
	}

	/** @throws FlowferryError ENVIRONMENT_SILENT */
	private async choose(context: Context, retention: Retention): Promise<{ index: StoredTime[]; prunable: StoredTime[] }> {
		const asked = await askEnvironments(context);
		requireAnswers(asked, this.flags.force);
		const index = await context.snapshots.index();
		const holds = asked.flatMap((answer) => ('holds' in answer ? answer.holds.map(({ snapshot }) => snapshot) : []));
		return { index, prunable: choosePruned(index, new Set([...holds, ...(await context.snapshots.tags()).values()]), retention) };
	}

	private retention(now: Date): Retention {
		const { keep, 'older-than': age } = this.flags;
		if (keep !== undefined) return { kind: 'newest', count: keep };
		if (age !== undefined) return { kind: 'since', time: new Date(now.getTime() - parseDuration(age, '--older-than')) };
		throw new FlowferryError({
			code: 'USAGE',
			message: 'What is to stay must be said',
			hint: 'Add --keep 100, or --older-than 90d; --dry-run shows what would go.',
		});
	}

	private async confirmed(question: string): Promise<void> {
		if (this.flags.yes) return;
		await confirmed(question, this.jsonEnabled(), {
			message: 'This takes snapshots out of the store, and nobody can be asked here',
			hint: 'Add --yes; --dry-run shows what would go.',
		});
	}
}

/** @throws FlowferryError ENVIRONMENT_SILENT */
function requireAnswers(asked: readonly EnvironmentHolds[], forced: readonly string[]): void {
	const silent = asked.find((answer) => 'unknown' in answer && !forced.includes(answer.environment));
	if (silent === undefined || !('unknown' in silent)) return;
	throw new FlowferryError({
		code: 'ENVIRONMENT_SILENT',
		message: `Which snapshots ${silent.environment} needs cannot be told: ${silent.unknown}`,
		hint: `Prune where ${silent.environment} runs; or, where it needs none of these, add --force ${silent.environment}.`,
	});
}
