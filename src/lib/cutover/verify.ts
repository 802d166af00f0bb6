import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpCheck } from '../config/schema.ts';
import type { FlowProblem, Instance } from '../targets/instance.ts';
import { activeInstances } from './slot-instances.ts';

/** A listening node reports a taken port within a turn or two of the event loop; Node-RED says 'started' before. */
const SETTLE_MS = 150;
const RETRY_MS = 50;

/** Node.js's codes for a port that cannot be listened on. Node-RED logs them and goes on without; we do not. */
const CANNOT_LISTEN = /\b(EADDRINUSE|EADDRNOTAVAIL|EACCES)\b/;

/**
 * Proves that the new instances really serve: they stay up, every listener has its port, and the user's checks pass.
 * @param seats how many are to be active
 * @returns errors that the flows logged and that need no going back
 * @throws Error that says what does not serve
 */
export async function verifyInstances(
	instances: Instance[],
	seats: number,
	checks: HttpCheck[],
	timeoutMs: number,
): Promise<FlowProblem[]> {
	const active = await activeInstances(instances);
	if (active.length < seats)
		throw new Error(`${active.length === 0 ? 'no instance is' : `only ${active.length} of ${seats} instances are`} active`);
	await sleep(SETTLE_MS);
	await Promise.all(active.flatMap(({ status }) => checks.map((check) => untilPassed(status.instance, status.url, check, timeoutMs))));

	const problems: FlowProblem[] = [];
	const after = new Map((await activeInstances(instances)).map(({ status }) => [status.instance, status]));
	for (const { status: before } of active) {
		const status = after.get(before.instance);
		if (before.state !== 'active' || status?.state !== 'active' || status.crashes > before.crashes)
			throw new Error(`${before.instance} does not stay active: its Node-RED ended (its log tells more: ${before.log})`);
		for (const problem of status.agent?.problems ?? []) {
			if (CANNOT_LISTEN.test(problem.message)) throw new Error(`${status.instance}: ${describe(problem)}`);
			problems.push(problem);
		}
	}
	return problems;
}

async function untilPassed(instance: string, url: string | null, check: HttpCheck, timeoutMs: number): Promise<void> {
	const end = performance.now() + timeoutMs;
	for (;;) {
		const remaining = end - performance.now();
		const fault = await tryOnce(`${url}${check.http}`, check, Math.max(1, Math.ceil(remaining)));
		if (!fault) return;
		if (performance.now() + RETRY_MS >= end) throw new Error(`${instance}: the check of ${check.http} failed: ${fault}`);
		await sleep(RETRY_MS);
	}
}

/** What is wrong, or null. */
async function tryOnce(url: string, check: HttpCheck, timeoutMs: number): Promise<string | null> {
	try {
		const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
		const body = await response.text();
		if (response.status !== check.status) return `status ${response.status} instead of ${check.status}`;
		if (check.contains !== undefined && !body.includes(check.contains)) return `the answer does not contain '${check.contains}'`;
		return null;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

function describe({ node, message }: FlowProblem): string {
	return node ? `${node.type} '${node.name || node.id}': ${message}` : message;
}
