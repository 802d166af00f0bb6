import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, isGoneWithin } from '../../adapters/process-identity.ts';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { HaproxyFacts } from './facts.ts';
import { factCommands, readFacts } from './facts.ts';
import type { HaproxyFiles } from './haproxy-files.ts';
import { isHaproxyOf } from './identity.ts';
import { routeOrders } from './orders.ts';
import { ask, order } from './runtime-socket.ts';
import { readHaproxyState } from './state-file.ts';
import { inFlightOf } from './view.ts';

/** What requests in flight get at the end, before their connections are cut; the gateway gives the same. */
const lastMs = 5_000;

/**
 * Ends an environment's HAProxy and forgets its traffic; nothing to do where none runs. What waits gets 503, what is in
 * flight may end, for a bounded time. One that does not end is killed. Throws HAPROXY_NOT_STOPPED where not even that helps.
 */
export async function stopHaproxy(files: HaproxyFiles, stopMs = 10_000): Promise<void> {
	const facts = await currentFacts(files);
	// An unreadable state must not stand in the way of ending it.
	const pid = facts?.pid ?? (await readHaproxyState(files.stateFile).catch(() => null))?.pid ?? null;
	if (pid !== null && isAlive(pid) && (await isHaproxyOf(pid, files.configFile))) {
		if (facts !== null) await letEnd(files, facts);
		await end(pid, facts !== null, stopMs);
	}
	await forgetHaproxy(files);
}

/** Of one that has ended: its traffic, and the sockets that nobody listens on. */
export async function forgetHaproxy({ stateFile, socketFile, occupantFile }: HaproxyFiles): Promise<void> {
	for (const file of [stateFile, socketFile, occupantFile]) await rm(file, { force: true });
}

async function letEnd(files: HaproxyFiles, first: HaproxyFacts): Promise<void> {
	await order(files.socketFile, routeOrders([], first)).catch(() => {});
	const until = performance.now() + lastMs;
	while (performance.now() < until) {
		const facts = await currentFacts(files);
		if (facts === null || isIdle(facts)) break;
		await sleep(20);
	}
	// A moment for the last answers and the refusals to leave.
	await sleep(50);
}

function isIdle(facts: HaproxyFacts): boolean {
	return facts.between === 0 && Object.values(inFlightOf(facts)).every((count) => count === 0);
}

async function end(pid: number, answers: boolean, stopMs: number): Promise<void> {
	if (answers) {
		process.kill(pid, 'SIGTERM');
		if (await isGoneWithin(pid, stopMs)) return;
	}
	process.kill(pid, 'SIGKILL');
	if (await isGoneWithin(pid, stopMs)) return;
	throw new FlowferryError({
		code: 'HAPROXY_NOT_STOPPED',
		message: `HAProxy, process ${pid}, does not end`,
		hint: `End process ${pid} by hand, then run the command again.`,
		exitStatus: ExitStatus.internal,
	});
}

async function currentFacts({ socketFile }: HaproxyFiles): Promise<HaproxyFacts | null> {
	try {
		return readFacts(await ask(socketFile, factCommands));
	} catch {
		return null;
	}
}
