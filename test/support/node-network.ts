import { execFileSync } from 'node:child_process';
import type { OwnEngine } from './own-engine.ts';

/** The network between a node in a namespace and this machine, which is a node as well. */
export interface NodeNetwork {
	/** Whatever goes from one to the other vanishes, in both directions, and nobody is told. */
	cutOff(): void;
	reconnect(): void;
	/** Takes away what it has added to this machine. */
	remove(): void;
}

/** Has pods of both reach each other by their own addresses. @param pods the subnets of the nodes' pods, as `10.214.0.0/24` */
export function joinNodes(engine: OwnEngine, pods: { there: string; here: string }): NodeNetwork {
	const { inside, outside } = engine.interfaces;
	const iptables = (rule: string[], within: readonly string[] = []) =>
		execFileSync('env', [...within, 'iptables', '--wait', ...rule], { stdio: 'pipe' });
	const own = [
		['filter', 'FORWARD', '-i', outside, '-j', 'ACCEPT'],
		['filter', 'FORWARD', '-o', outside, '-j', 'ACCEPT'],
		// Docker would have pods of this machine appear as the machine itself.
		['nat', 'POSTROUTING', '-s', pods.here, '-d', pods.there, '-j', 'ACCEPT'],
	];
	const cut = [
		['mangle', 'PREROUTING', '-i', inside, '-j', 'DROP'],
		['mangle', 'POSTROUTING', '-o', inside, '-j', 'DROP'],
	];
	const add = ([table = '', ...rule]: string[]) => ['--table', table, '--insert', ...rule];
	const take = ([table = '', ...rule]: string[]) => ['--table', table, '--delete', ...rule];
	// It goes with the link.
	execFileSync('ip', ['route', 'add', pods.there, 'via', engine.ip, 'dev', outside], { stdio: 'pipe' });
	for (const rule of own) iptables(add(rule));
	let isCut = false;
	const change = (toCut: boolean) => {
		if (toCut === isCut) return;
		for (const rule of cut) iptables((toCut ? add : take)(rule), engine.within);
		isCut = toCut;
	};
	return {
		cutOff: () => change(true),
		reconnect: () => change(false),
		remove: () => {
			for (const rule of own) iptables(take(rule));
		},
	};
}

/** Of 10.214.0.0/16, one that no route leads to. */
export function freePodNetwork(): { subnet: string; gateway: string } {
	const taken = execFileSync('ip', ['-4', 'route'], { encoding: 'utf8' });
	const offset = process.pid % 250;
	for (let i = 0; i < 250; i++) {
		const network = `10.214.${(offset + i) % 250}`;
		if (!taken.includes(`${network}.`)) return { subnet: `${network}.0/24`, gateway: `${network}.1` };
	}
	throw new Error('10.214.0.0/16 is all taken');
}
