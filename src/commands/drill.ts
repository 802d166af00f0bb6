import { resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { workingFolder } from '../context.ts';
import { EnvironmentCommand, type EnvironmentSession, environmentArgs } from '../environment-command.ts';
import { recorded } from '../lib/audit/record.ts';
import { inspectEnvironment } from '../lib/cutover/environment-status.ts';
import { assertHotSpare } from '../lib/cutover/switchover.ts';
import { assertActive, assertConsent, findCareful, findDangers } from '../lib/drill/consent.ts';
import { type DrillKind, type DrillResult, drillKinds } from '../lib/drill/drill.ts';
import { whyImpossible } from '../lib/drill/run-drill.ts';
import { runDrills } from '../lib/drill/run-drills.ts';
import { ExitStatus } from '../lib/errors/exit-status.ts';
import { writeOutput } from '../lib/gate/files.ts';
import { drillWording, renderDrills, renderDrillsAsJUnit } from '../lib/ui/render-drill.ts';
import { createTheme } from '../lib/ui/theme.ts';
import { judgeServing } from '../planning.ts';
import { overrideFlag } from '../promotion-flags.ts';

export default class Drill extends EnvironmentCommand<typeof Drill> {
	static override summary = 'Have the active instance fail on purpose, and see its spare take over';
	static override description =
		`For hot-spare mode, of an environment as it is: each kind of fault in turn, under requests (where checks has one by HTTP) and messages (where it has one by MQTT that publishes). Every fault is undone, also after Ctrl-C. It is asked for first. Where it could do harm (no spare stands by, a promotion is unfinished, automatic failover is paused, it does not serve as it should) it is refused without --yes-really; so is --yes for flows that must not be connected twice. Exit status 1: a drill did not end as it should; 5: the environment does not serve afterwards.`;

	static override examples = [
		{ description: 'All that is possible, with a question first', command: '<%= config.bin %> drill staging' },
		{ description: 'In a pipeline', command: '<%= config.bin %> drill staging --kind crash --kind freeze --yes --junit drill.xml' },
	];

	static override args = environmentArgs;
	static override flags = {
		kind: Flags.option({
			options: drillKinds,
			multiple: true,
			multipleNonGreedy: true,
			description: 'What happens; may be repeated; default: everything',
		})(),
		override: overrideFlag(),
		yes: Flags.boolean({ char: 'y', description: 'Do not ask' }),
		'yes-really': Flags.boolean({ description: 'Do not ask, and drill also where that could do harm' }),
		junit: Flags.string({ description: 'Write a JUnit report, too', helpValue: 'FILE' }),
	};

	async run(): Promise<DrillResult> {
		const kinds = [...new Set(this.flags.kind ?? drillKinds)];
		return await this.withEnvironment(async (session) => {
			assertHotSpare(session.environment);
			const act = await this.permitted(session, await this.actOf(session, 'drill'));
			await this.agreed(kinds, session);
			// The question may have been answered hours later.
			await this.permitted(session, act);
			const result = await recorded(this.recording(session), act, () => this.drilling(kinds, session));
			if (this.flags.junit) await writeOutput(resolve(workingFolder(), this.flags.junit), renderDrillsAsJUnit(result));
			this.log(renderDrills(result, createTheme(process.stdout)));
			if (!result.serving) this.endWith(ExitStatus.needsOperator);
			else if (result.drills.some(({ passed, outcome }) => passed === false || outcome === 'interrupted'))
				this.endWith(ExitStatus.findings);
			return result;
		});
	}

	private async agreed(kinds: DrillKind[], session: EnvironmentSession): Promise<void> {
		const { environment, target } = session;
		const status = await inspectEnvironment(environment, target);
		const careful = findCareful(await judgeServing(session, assertActive(status).snapshot));
		assertConsent(environment.name, { dangers: findDangers(status), careful }, this.flags);
		if (this.flags['yes-really']) return;
		const tried = kinds.filter((kind) => whyImpossible(kind, session) === null);
		for (const line of [...tried.map((kind) => `${kind}: ${drillWording[kind]}`), ...careful.map((text) => `careful: ${text}`)])
			this.note(line);
		await this.confirmed(`Do this to ${environment.name}?`);
	}

	private async drilling(kinds: DrillKind[], { context, environment, target }: EnvironmentSession): Promise<DrillResult> {
		const interrupt = this.watchInterrupts();
		interrupt.means('interrupted: undoing the fault. Once more, and it stops at once; what stands still is woken all the same.');
		try {
			return await runDrills(kinds, {
				environment,
				target,
				clock: await target.clock(),
				by: context.operator(),
				runCommand: context.runCommand,
				progress: (message) => this.note(message),
				stopReason: interrupt.reason,
			});
		} finally {
			interrupt.stop();
		}
	}
}
