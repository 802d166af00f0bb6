import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunUserCommand } from '../lib/adapters/user-command.ts';
import type { FailoverSettings, Probe, ProgressProbe } from '../lib/config/failover-config.ts';
import type { Redact } from '../lib/config/secrets.ts';
import { runChecks } from '../lib/cutover/checks/run-checks.ts';
import type { FailoverStore } from '../lib/failover/failover-store.ts';
import { findStandstill, meantBy, type ProgressSample, receivedBy, trimSamples } from '../lib/failover/progress.ts';
import type { FlowNode } from '../lib/flows/node.ts';
import type { NodeProgress, ProbeReport } from '../lib/targets/instance.ts';
import type { Log } from './log.ts';

/** Looked back through for how often stuck instances took turns. */
const LOOKED_THROUGH = 1000;

export interface ProbingParts {
	instance: string;
	userDir: string;
	settings: FailoverSettings;
	failover: FailoverStore;
	log: Log;
	run: RunUserCommand;
	/** Takes from a text what must not be shown. */
	redact: Redact;
	/** Where the active flows serve, under which lease; null where they are not active. */
	active(): { url: string; token: number } | null;
	progress(timeoutMs: number): Promise<NodeProgress[]>;
	/** Ends it, so that a spare takes over. */
	stuck(why: string): void;
}

/** Asks an active instance now and then whether it makes progress, and ends one that does not. */
export class Probing {
	readonly #parts: ProbingParts;
	readonly #samples = new Map<ProgressProbe, ProgressSample[]>();
	#flows: FlowNode[] | null = null;
	#token: number | null = null;
	#report: ProbeReport | null = null;

	constructor(parts: ProbingParts) {
		this.#parts = parts;
	}

	/** Of an instance that is active and has been probed; null for any other. */
	get report(): ProbeReport | null {
		return this.#parts.active() ? this.#report : null;
	}

	/** Goes on until the process ends, which it does not keep from ending. */
	async run(): Promise<never> {
		for (;;) {
			await sleep(this.#parts.settings.probeEveryMs, undefined, { ref: false });
			await this.#round().catch((error) =>
				this.#parts.log.write('the probes could not be made', { error: this.#parts.redact(String(error)) }),
			);
		}
	}

	async #round(): Promise<void> {
		const active = this.#parts.active();
		if (!active) return;
		// What the flows did under an earlier lease is nothing to this one.
		if (active.token !== this.#token) this.#begin(active.token);
		const fault = await this.#findFault(active.url);
		if (this.#parts.active()?.token !== this.#token) return;
		await this.#judge(fault);
	}

	#begin(token: number): void {
		this.#token = token;
		this.#samples.clear();
		this.#report = null;
	}

	async #judge(fault: string | null): Promise<void> {
		const { settings, log, stuck } = this.#parts;
		const failed = fault ? (this.#report?.failed ?? 0) + 1 : 0;
		if (fault) log.write('a probe failed', { fault, failed, failAfter: settings.failAfter });
		const isStuck = failed >= settings.failAfter;
		const leftAsItIs = isStuck && (await this.#tookTurnsTooOften());
		if (leftAsItIs && !this.#report?.leftAsItIs)
			log.write('stuck, and left as it is: stuck instances have taken turns too often', { fault });
		this.#report = { failed, fault, leftAsItIs };
		if (isStuck && !leftAsItIs) stuck(fault as string);
	}

	async #tookTurnsTooOften(): Promise<boolean> {
		const { failover, settings } = this.#parts;
		const since = new Date(Date.now() - settings.switches.withinMs).toISOString();
		const changes = await failover.changes(LOOKED_THROUGH);
		return changes.filter(({ cause, role, at }) => cause === 'stuck' && role === 'active' && at >= since).length >= settings.switches.most;
	}

	/** The first thing that is wrong. */
	async #findFault(url: string): Promise<string | null> {
		const { settings, instance, run } = this.#parts;
		const standstill = await this.#findStandstill(settings.probes.filter((probe) => 'progress' in probe));
		if (standstill) return standstill;
		const checks = settings.probes.filter((probe): probe is Exclude<Probe, ProgressProbe> => !('progress' in probe));
		const variables = { FLOWFERRY_INSTANCE: instance, FLOWFERRY_URL: url };
		try {
			await runChecks(checks, [{ instance, url, variables }], run, settings.probeEveryMs);
			return null;
		} catch (error) {
			return this.#parts.redact((error as Error).message);
		}
	}

	async #findStandstill(probes: ProgressProbe[]): Promise<string | null> {
		if (probes.length === 0) return null;
		const [progress, flows] = await Promise.all([this.#parts.progress(this.#parts.settings.probeEveryMs), this.#readFlows()]);
		const faults = probes.map((probe) => {
			const sample = { atMs: performance.now(), received: receivedBy(meantBy(probe, flows), progress) };
			const samples = trimSamples(probe, [...(this.#samples.get(probe) ?? []), sample]);
			this.#samples.set(probe, samples);
			return findStandstill(probe, samples);
		});
		return faults.find((fault) => fault !== null) ?? null;
	}

	/** A release's flows stay as they are: they are read once. */
	async #readFlows(): Promise<FlowNode[]> {
		this.#flows ??= JSON.parse(await readFile(join(this.#parts.userDir, 'flows.json'), 'utf8')) as FlowNode[];
		return this.#flows;
	}
}
