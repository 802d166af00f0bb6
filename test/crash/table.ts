import { steps } from '../../src/lib/promotion/machine.ts';
import type { Outcome } from './cells.ts';
import { moments, nameOf, victims } from './cells.ts';

/** The matrix as a Markdown table, padded as the formatter does it. */
export function renderTable(outcomes: Outcome[]): string {
	const byName = new Map(outcomes.map((outcome) => [nameOf(outcome), outcome]));
	const head = ['in the step', 'killed when it', ...victims];
	const rows = steps.flatMap((step) =>
		moments.map((moment) => [
			step,
			moment === 'begun' ? 'has begun' : 'has acted',
			...victims.map((victim) => renderCell(byName.get(nameOf({ victim, step, moment })))),
		]),
	);
	const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] as string).length)));
	const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |`;
	return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function renderCell(outcome: Outcome | undefined): string {
	if (!outcome) return '–';
	if (outcome.faults.length > 0) return 'FAILED';
	return outcome.after === 'up' ? `${outcome.serves}, up` : outcome.serves;
}

export function renderFaults(outcomes: Outcome[]): string[] {
	return outcomes.filter(({ faults }) => faults.length > 0).map((outcome) => `FAILED ${nameOf(outcome)}: ${outcome.faults.join('; ')}`);
}

/** `docs/crash-matrix.md`. */
export function renderPage(outcomes: Outcome[], strategy: string): string {
	const failed = outcomes.filter(({ faults }) => faults.length > 0).length;
	return `# Who may be killed, and when

Written by \`npm run test:crash\`, which does each of these with real processes: a promotion (strategy \`${strategy}\`) runs, somebody
is killed by SIGKILL at one moment of one step, and \`flowferry resume\` is called from another process.

${renderTable(outcomes)}

- **old**: the promotion went back, and the release that served before serves. **new**: it came through.
- **up**: \`flowferry up\` was needed to start again what nobody watches: a runner or the gateway. Everything else served again
  by itself, or after \`resume\`.
- The frozen command is stopped by SIGSTOP, and wakes when \`resume\` has ended its promotion: it changes nothing more.
- The broker comes back after 400 ms and has forgotten its sessions.
- **–**: before \`prepare\` has acted there is no new side.

In each of them, afterwards:

- exactly one instance holds the lease, and \`flowferry status\` says \`serving\`;
- a request is answered by that release, and one MQTT message comes out once, from that release;
- the journal has the promotion's end, which is what serves; the step in which the command was killed is marked as interrupted,
  and whatever failed otherwise has its cause;
- no process runs but the gateway and, for each filled slot, a runner with its Node-RED (and no port is open but theirs); no
  folder is left but theirs;
- of requests sent every 50 ms from before to after, none failed, except where the one that was killed had them in hand: the
  gateway, the old side until it is drained, the new side once it is verified.

${outcomes.length - failed} passed, ${failed} failed
`;
}
