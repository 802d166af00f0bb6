import { readFileSync } from 'node:fs';
import type { ControlAddress } from '../control/client.ts';
import { ControlUnreachable, callControl } from '../control/client.ts';
import type {
	ContextExport,
	ContextImport,
	CutOrder,
	DrainReport,
	GateReport,
	Instance,
	InstanceStatus,
	LoadedFlows,
	NodeProgress,
	Position,
	QuiesceReport,
	RunnerAddress,
	StreamReport,
	ValidationReport,
} from './instance.ts';

/** A call may use its own time-out twice (asking, then forcing), and then some for the way. */
const answerWithin = (timeoutMs: number) => timeoutMs * 2 + 5000;

/** Where an instance's runner is reached just now, and the token for it; null where that is not known. */
export type FindRunner = () => ControlAddress | null | Promise<ControlAddress | null>;

/** For whoever can read the file with the runner's address. Read at once: asynchronously these few bytes take several times as long. */
export function runnerByFile({ addressFile, tokenFile }: { addressFile: string; tokenFile: string }): FindRunner {
	return () => {
		try {
			const { controlUrl } = JSON.parse(readFileSync(addressFile, 'utf8')) as RunnerAddress;
			return { url: controlUrl, token: readFileSync(tokenFile, 'utf8') };
		} catch {
			return null;
		}
	};
}

/** An instance by its runner's control calls. Keeps nothing: each call finds the runner anew. */
export class RunnerInstance implements Instance {
	readonly name: string;
	readonly #find: FindRunner;
	readonly #answerMs: number;
	readonly #check: () => Promise<void>;

	/**
	 * @param answerMs for a status, which is answered from memory
	 * @param check made before each call that changes something
	 */
	constructor(name: string, find: FindRunner, answerMs: number, check: () => Promise<void>) {
		this.name = name;
		this.#find = find;
		this.#answerMs = answerMs;
		this.#check = check;
	}

	async status(): Promise<InstanceStatus | null> {
		try {
			const address = await this.#find();
			if (!address) return null;
			const status = (await callControl(address, 'GET', '/status', undefined, this.#answerMs)) as InstanceStatus;
			return status.instance === this.name ? status : null;
		} catch {
			// Nobody there, or a stranger at a port of before a reboot.
			return null;
		}
	}

	validate(timeoutMs: number): Promise<ValidationReport> {
		return this.#call('/validate', { timeoutMs }, timeoutMs) as Promise<ValidationReport>;
	}

	gate(timeoutMs: number): Promise<{ refused: string | null }> {
		return this.#call('/gate', { timeoutMs }, timeoutMs) as Promise<{ refused: string | null }>;
	}

	listen(topic: string, timeoutMs: number, follow?: 'follow'): Promise<StreamReport> {
		return this.#call('/listen', { topic, timeoutMs, follow: follow !== undefined }, timeoutMs) as Promise<StreamReport>;
	}

	async position(): Promise<Position | null> {
		const { position } = (await this.#call('/position', {}, this.#answerMs)) as { position: Position | null };
		return position;
	}

	async sendSentinel(sentinel: number): Promise<void> {
		await this.#call('/sentinel', { sentinel }, this.#answerMs);
	}

	streams(): Promise<StreamReport> {
		return this.#call('/streams', {}, this.#answerMs) as Promise<StreamReport>;
	}

	async activate(timeoutMs: number, order?: CutOrder): Promise<GateReport | null> {
		const { gate } = (await this.#call('/activate', { timeoutMs, order }, timeoutMs)) as { gate: GateReport | null };
		return gate;
	}

	quiesce(timeoutMs: number): Promise<QuiesceReport> {
		return this.#call('/quiesce', { timeoutMs }, timeoutMs) as Promise<QuiesceReport>;
	}

	drain(deadlineMs: number): Promise<DrainReport> {
		return this.#call('/drain', { deadlineMs }, deadlineMs) as Promise<DrainReport>;
	}

	flows(timeoutMs: number): Promise<LoadedFlows> {
		return this.#call('/flows', { timeoutMs }, timeoutMs) as Promise<LoadedFlows>;
	}

	progress(timeoutMs: number): Promise<NodeProgress[]> {
		return this.#call('/progress', { timeoutMs }, timeoutMs) as Promise<NodeProgress[]>;
	}

	exportContext(options: { except: string[]; maxBytes: number; timeoutMs: number }): Promise<ContextExport> {
		return this.#call('/context/export', options, options.timeoutMs) as Promise<ContextExport>;
	}

	importContext(values: string, timeoutMs: number): Promise<ContextImport> {
		return this.#call('/context/import', { values, timeoutMs }, timeoutMs) as Promise<ContextImport>;
	}

	async demote({ handOverTo, timeoutMs }: { handOverTo: string | null; timeoutMs: number }): Promise<void> {
		await this.#call('/demote', { handOverTo, timeoutMs }, timeoutMs);
	}

	async confirm(holder: string, forMs: number): Promise<boolean> {
		const { confirmed } = (await this.#call('/confirm', { holder, forMs }, this.#answerMs)) as { confirmed: boolean };
		return confirmed;
	}

	async resign(detail: string, timeoutMs: number): Promise<void> {
		const address = await this.#knownAddress();
		await this.#check();
		// Nothing that it waits for may make this longer: one that is silent is killed instead.
		await callControl(address, 'POST', '/resign', { detail }, timeoutMs);
	}

	async #call(path: string, body: object, timeoutMs: number): Promise<unknown> {
		const address = await this.#knownAddress();
		await this.#check();
		return await callControl(address, 'POST', path, body, answerWithin(timeoutMs));
	}

	async #knownAddress(): Promise<ControlAddress> {
		const address = await this.#find();
		if (!address) throw new ControlUnreachable(`${this.name} has no runner that answers`);
		return address;
	}
}
