import { Flags } from '@oclif/core';
import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import { auditBroken, sinceOf } from '../lib/audit/ask.ts';
import type { AuditEntry, AuditHead } from '../lib/audit/audit-log.ts';
import { type ChainFault, verifyChain } from '../lib/audit/chain.ts';
import { auditFormats, renderAuditCsv, renderAuditLines } from '../lib/audit/export.ts';
import { renderAudit } from '../lib/ui/render-audit.ts';
import { createTheme } from '../lib/ui/theme.ts';

/** The contract of `audit --json`. */
interface Result {
	environment: string;
	/** The earliest first. */
	entries: AuditEntry[];
	/** The last entry; null in an empty log. Kept elsewhere, it shows later that nothing was written anew. */
	head: AuditHead | null;
	/** Null where the chain is whole, and where it was not looked at. */
	fault: ChainFault | null;
}

export default class Audit extends EnvironmentCommand<typeof Audit> {
	static override summary = 'Show and export who did what to an environment';
	static override description =
		`Promotions, rollbacks, switchovers, failovers that were forced, drills, approvals, what was refused and what was overridden: who, from where, with what, when, and what came of it. Each entry has a hash of the one before, so that one that is missing or changed shows: --verify ends with exit status 5 then. Whoever can write into the state database can write all of it anew: keep the last hash, or an export, elsewhere. Nothing is changed.`;

	static override examples = [
		{ description: 'The last week', command: '<%= config.bin %> audit production --since 7d' },
		{ description: 'For an archive, an entry to a line', command: '<%= config.bin %> audit production --format jsonl > audit.jsonl' },
		{ description: 'For a spreadsheet', command: '<%= config.bin %> audit production --format csv > audit.csv' },
		{ description: 'Whether entries are missing or changed', command: '<%= config.bin %> audit production --verify' },
	];

	static override args = environmentArgs;
	static override flags = {
		format: Flags.option({ options: auditFormats, description: 'How it is printed', default: 'text' as const })(),
		since: Flags.string({ description: 'A time (2026-11-27, 2026-11-27T08:00:00Z) or how long ago: 12h, 7d', helpValue: 'WHEN' }),
		verify: Flags.boolean({ description: 'See whether all is as it was written' }),
	};

	async run(): Promise<Result> {
		const { format, since, verify } = this.flags;
		return await this.withEnvironment(async ({ context, environment, target }) => {
			const from = since === undefined ? null : sinceOf(since, context.now());
			const { entries: all, head } = await target.audit.read();
			const fault = verify ? verifyChain(all, head) : null;
			if (fault) throw auditBroken(environment.name, fault);
			const entries = from === null ? all : all.filter(({ time }) => time >= from);
			if (format === 'csv') process.stdout.write(this.jsonEnabled() ? '' : renderAuditCsv(entries));
			else if (format === 'jsonl') process.stdout.write(this.jsonEnabled() ? '' : renderAuditLines(entries));
			else this.log(renderAudit(environment.name, entries, createTheme(process.stdout)));
			if (verify) this.note(`${all.length} entries, and all of them as they were written; the last hash: ${head?.hash ?? 'none'}`);
			return { environment: environment.name, entries, head, fault };
		});
	}
}
