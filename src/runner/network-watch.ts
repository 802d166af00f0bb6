import { BlockList } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunnerNetwork } from '../lib/targets/instance.ts';
import type { Log } from './log.ts';

/** Between two looks at the container's addresses. */
const POLL_MS = 250;

/** A machine's network interfaces by name, as `os.networkInterfaces()` gives them. */
export type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/**
 * The IPv4 address that a container has in a network; null where it is not connected. Pure.
 * @param subnet `172.20.0.0/16`
 */
export function addressWithin(interfaces: Interfaces, subnet: string): string | null {
	const [network = '', prefix] = subnet.split('/');
	const range = new BlockList();
	range.addSubnet(network, Number(prefix), 'ipv4');
	const own = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
	return own.find(({ family, address }) => family === 'IPv4' && range.check(address, 'ipv4'))?.address ?? null;
}

/** Where an instance is reached, and whether it is: in a container its private network may be gone. */
export class NetworkWatch {
	readonly #network: RunnerNetwork;
	readonly #log: Pick<Log, 'write'>;
	readonly #interfaces: () => Interfaces;
	#wasCutOff = false;

	constructor(network: RunnerNetwork, log: Pick<Log, 'write'>, interfaces: () => Interfaces = networkInterfaces) {
		this.#network = network;
		this.#log = log;
		this.#interfaces = interfaces;
	}

	/** Where its Node-RED listens. */
	get listenHost(): string {
		return this.#network.kind === 'loopback' ? '127.0.0.1' : '0.0.0.0';
	}

	/** At which address others reach it, looked up at each question: it may be another one after a reconnection; null: at none. */
	get address(): string | null {
		return this.#network.kind === 'loopback' ? '127.0.0.1' : addressWithin(this.#interfaces(), this.#network.subnet);
	}

	get cutOff(): boolean {
		return this.address === null;
	}

	/**
	 * Looks on until the process ends, which it does not keep from ending; where nothing can be cut off, it ends at once.
	 * @param cutOff called at each look at which it is
	 */
	async run(cutOff: () => Promise<void>): Promise<void> {
		if (this.#network.kind === 'loopback') return;
		for (;;) {
			await sleep(POLL_MS, undefined, { ref: false });
			this.#tell(this.#network.subnet);
			if (this.#wasCutOff) await cutOff();
		}
	}

	/** Once at each change. */
	#tell(subnet: string): void {
		const { address } = this;
		if ((address === null) === this.#wasCutOff) return;
		this.#wasCutOff = address === null;
		this.#log.write(this.#wasCutOff ? 'cut off from its network' : 'in its network again', { subnet, address });
	}
}
