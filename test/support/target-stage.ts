import type { SpareKind } from '../../src/lib/failover/spare-kind.ts';
import { type SlotName, slotNames } from '../../src/lib/promotion/journal.ts';
import type { Snapshot } from '../../src/lib/snapshot/snapshot.ts';
import type { Instance, InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { LogLine } from '../../src/lib/targets/logs.ts';
import type { Target } from '../../src/lib/targets/target.ts';
import type { TargetBed } from './target-bed.ts';
import { until } from './until.ts';

const ACTIVATE_MS = 20_000;
/** Of each instance's log, where a test fails. */
const REPORTED_LINES = 40;

/** What the contract's tests do again and again with a target, and what they look at. */
export class Stage {
	readonly bed: TargetBed;
	readonly target: Target;

	constructor(bed: TargetBed, target: Target) {
		this.bed = bed;
		this.target = target;
	}

	async instance(name: string): Promise<Instance> {
		const found = (await this.target.instances(name.split('/')[0] as SlotName)).find((each) => each.name === name);
		if (!found) throw new Error(`there is no ${name}`);
		return found;
	}

	/** Fails the test where its runner does not answer. */
	async status(name: string): Promise<InstanceStatus> {
		const status = await (await this.instance(name)).status();
		if (!status) throw new Error(`the runner of ${name} does not answer`);
		return status;
	}

	/** Fills a slot with a new release. @returns its number, and what was told on the way */
	async prepare(
		slot: SlotName,
		snapshot: Snapshot,
		{ target = this.target, spare = 'warm' }: { target?: Target; spare?: SpareKind } = {},
	): Promise<{ number: number; told: string[] }> {
		const told: string[] = [];
		const release = await target.journal.createRelease(snapshot.id);
		await target.prepare({ slot, release, spare }, snapshot, (message) => told.push(message));
		return { number: release.number, told };
	}

	/** Has an instance run its flows, and nobody else whom it would meet at its seat: that is left to it, and to no other. */
	async activate(name: string): Promise<InstanceStatus> {
		const { seat, holder } = await this.status(name);
		for (const slot of slotNames) {
			for (const other of await this.target.instances(slot)) {
				const status = await other.status();
				if (other.name !== name && status?.seat === seat && status.lease)
					await other.demote({ handOverTo: holder, timeoutMs: ACTIVATE_MS });
			}
		}
		await (await this.instance(name)).activate(ACTIVATE_MS);
		return await this.status(name);
	}

	/** The same, and sends it the traffic. */
	async serve(name: string): Promise<InstanceStatus> {
		const status = await this.activate(name);
		await this.target.startRouter();
		await this.target.router.route([{ instance: name, url: status.url as string }]);
		return status;
	}

	/** What production answers; fails where that is no 200. */
	async ask(path: string): Promise<string> {
		const response = await this.bed.fetch(path);
		if (response.status !== 200) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
		return await response.text();
	}

	/** Who has the seats of instances, and under which token. */
	async leases(): Promise<[seat: string, holder: string, token: number][]> {
		const leases = await this.target.leases.list();
		return leases.map(({ seat, holder, token }): [string, string, number] => [seat, holder, token]).toSorted();
	}

	/** `until`, which tells what the instances say where it fails. */
	async until(happened: () => Promise<boolean>, what: string, limitMs?: number): Promise<void> {
		try {
			await until(happened, what, limitMs);
		} catch (error) {
			throw new Error(`${String(error)}\n${await this.#report()}`);
		}
	}

	/** The state of all instances, and the last lines of their logs. */
	async #report(): Promise<string> {
		const instances = (await Promise.all(slotNames.map((slot) => this.target.instances(slot)))).flat();
		const reports = instances.map(async (instance) => {
			const status = await instance.status();
			const log = await this.log(instance.name, REPORTED_LINES);
			const lines = log.map((line) => `  ${line.from === 'runner' ? line.time : ''} ${textOf(line)}`);
			return [`${instance.name}: ${status ? `${status.state} of ${status.holder}` : 'no answer'}`, ...lines].join('\n');
		});
		return [...(await Promise.all(reports)), `leases: ${JSON.stringify(await this.leases())}`].join('\n');
	}

	/** How long it takes until nobody has a lease under this name; fails where that is longer than so. */
	async untilFree(holder: string, ms: number): Promise<void> {
		const isFree = async () => (await this.leases()).every(([, each]) => each !== holder);
		await this.until(isFree, `the lease of ${holder} ends within ${ms} ms`, ms);
	}

	/** All that an order given in vain must leave as it is. */
	async standing(): Promise<object> {
		const { target } = this;
		const instances = (await Promise.all(slotNames.map((slot) => target.instances(slot)))).flat();
		const statuses = await Promise.all(instances.map((instance) => instance.status()));
		return {
			instances: statuses.map((status, index) => [
				instances[index]?.name,
				status && [status.holder, status.state, status.lease, status.childPid, status.crashes],
			]),
			slots: await target.journal.slots(),
			leases: await this.leases(),
			traffic: (await target.router.status())?.traffic ?? null,
			left: await this.bed.leftovers(),
		};
	}

	/** The last lines of an instance's log. */
	async log(name: string, tail = 1000): Promise<LogLine[]> {
		const lines: LogLine[] = [];
		for await (const line of this.target.logs(name, { tail, follow: null })) lines.push(line);
		return lines;
	}
}

/** What a line says, whoever wrote it. */
export function textOf(line: LogLine): string {
	return line.from === 'node-red' ? line.text : `${line.event} ${JSON.stringify(line.facts)}`;
}

/** Those that are still there, by what `TargetBed.running` said before. */
export async function stillRunning(bed: TargetBed, before: readonly string[]): Promise<string[]> {
	const now = new Set(await bed.running());
	return before.filter((each) => now.has(each));
}
