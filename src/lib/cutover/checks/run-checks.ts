import type { RunUserCommand } from '../../adapters/user-command.ts';
import type { Check } from '../../config/safeguards.ts';
import type { CheckTime } from './check-time.ts';
import { checkCommand } from './command.ts';
import { checkHttp } from './http.ts';
import { checkMqtt } from './mqtt.ts';

/** An instance that the checks are made of. */
export interface Checked {
	/** `green/0`. */
	instance: string;
	url: string;
	/** What commands see. */
	variables: Record<string, string>;
}

/**
 * Makes all checks at once: those by HTTP and by command of each instance, those by MQTT once, for a broker does not tell
 * which instance answered. The first that fails ends the others.
 * @throws Error that says which failed, and why
 */
export async function runChecks(checks: Check[], instances: Checked[], run: RunUserCommand, timeoutMs: number): Promise<void> {
	const others = new AbortController();
	const time: CheckTime = { endMs: performance.now() + timeoutMs, signal: others.signal };
	const begun = checks.flatMap((check) => {
		if ('mqtt' in check) return [checkMqtt(check, time)];
		return instances.map(async ({ instance, url, variables }) => {
			try {
				await ('http' in check ? checkHttp(check, url, time) : checkCommand(check, variables, run, time));
			} catch (error) {
				throw new Error(`${instance}: ${(error as Error).message}`);
			}
		});
	});
	try {
		await Promise.all(begun);
	} finally {
		others.abort();
		await Promise.allSettled(begun); // nothing of a check outlives it
	}
}
