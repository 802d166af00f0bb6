import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Step } from '../../src/lib/promotion/machine.ts';

const promoteAndWait = fileURLToPath(new URL('../crash/promote-and-wait.ts', import.meta.url));

/** A promotion that stands at one moment of one step. */
export interface StandingPromotion {
	child: ChildProcess;
	/** Lets it go on. */
	goOn(): void;
	/** SIGKILL. */
	kill(): void;
	/** Its exit status; null where it was killed. */
	ended: Promise<number | null>;
}

/**
 * Promotes as the command does, as far as one moment of one step: when it is in the journal and has not acted yet, or when it has acted and that
 * is not in the journal yet.
 * @param folder with `flowferry.yaml` in it
 */
export async function promoteUntil(
	folder: string,
	{ snapshot, step, moment, env = {} }: { snapshot: string; step: Step; moment: 'begun' | 'acted'; env?: Record<string, string> },
): Promise<StandingPromotion> {
	const args = [join(folder, 'flowferry.yaml'), snapshot, 'exclusive', step, moment];
	const child = fork(promoteAndWait, args, {
		cwd: folder,
		env: { ...process.env, ...env },
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	const exit = once(child, 'exit') as Promise<[number | null]>;
	const [said] = await Promise.race([once(child, 'message'), exit]);
	if (said !== 'there') throw new Error(`the promotion ended before '${step}' had ${moment}: ${said}`);
	return {
		child,
		goOn: () => child.send('go', () => {}),
		kill: () => child.kill('SIGKILL'),
		ended: exit.then(([status]) => status),
	};
}
