import { BlockList } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ports, urlHost } from '../lib/kubernetes/names.ts';
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
	readonly #podAddress: string | null;
	#wasCutOff = false;

	/** @param machine `podAddress`: the pod's own, as its cluster tells; null elsewhere */
	constructor(
		network: RunnerNetwork,
		log: Pick<Log, 'write'>,
		{ interfaces = networkInterfaces, podAddress = null }: { interfaces?: () => Interfaces; podAddress?: string | null } = {},
	) {
		this.#network = network;
		this.#log = log;
		this.#interfaces = interfaces;
		this.#podAddress = podAddress;
	}

	/** Where its Node-RED listens. */
	get listenHost(): string {
		return this.#network.kind === 'container' ? '0.0.0.0' : '127.0.0.1';
	}

	/** At which port; 0: at a free one of the system's choice. */
	get listenPort(): number {
		if (this.#network.kind === 'loopback') return 0;
		return this.#network.kind === 'pod' ? ports.nodeRed : this.#network.httpPort;
	}

	/** At which address others reach it, looked up at each question: it may be another one after a reconnection; null: at none. */
	get address(): string | null {
		if (this.#network.kind === 'loopback') return '127.0.0.1';
		return this.#network.kind === 'pod' ? this.#podAddress : addressWithin(this.#interfaces(), this.#network.subnet);
	}

	/** Where others reach what its Node-RED serves at this port: in a pod, by the gateway beside it; null: nowhere. */
	urlOf(port: number): string | null {
		const { address } = this;
		return address && `http://${urlHost(address)}:${this.#network.kind === 'pod' ? ports.http : port}`;
	}

	/** Where this runner reaches it; null: as the others do, nowhere. */
	localUrlOf(port: number): string | null {
		return this.#network.kind === 'pod' ? `http://127.0.0.1:${port}` : this.urlOf(port);
	}

	/** A pod that is cut off does not reach its cluster either, and cannot renew its lease. */
	get cutOff(): boolean {
		return this.#network.kind === 'container' && this.address === null;
	}

	/**
	 * Looks on until the process ends, which it does not keep from ending; where nothing can be cut off, it ends at once.
	 * @param cutOff called at each look at which it is
	 */
	async run(cutOff: () => Promise<void>): Promise<void> {
		if (this.#network.kind !== 'container') return;
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
