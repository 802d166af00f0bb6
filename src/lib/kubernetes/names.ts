/** What an environment's objects are called in its namespace. */
export interface Names {
	/** Of all of them the beginning: `flowferry-production`. */
	prefix: string;
	/** Users come in by it. */
	service: string;
	/** Leads to the slot that is being prepared. */
	preview: string;
	/** Headless: the StatefulSets' own. */
	pods: string;
	serviceAccount: string;
	journal: string;
	planKey: string;
	token: string;
	/** The StatefulSet of a slot, and the Secret with its instances' configuration. */
	slot(slot: string): string;
	flows(slot: string, part: number): string;
	/** What the gateways of a slot's pods are started with. */
	gateway(slot: string): string;
	/** The ConfigMap with what pods that are gone have logged. */
	logs: string;
	/** Entries of the audit. */
	audit(part: number): string;
	/** The last of them, noted apart. */
	auditHead: string;
	/** @param instance `blue/0` */
	pod(instance: string): string;
	/** @param seat `active`, `active/1` or `primary` */
	lease(seat: string): string;
}

/** @param prefix `kubernetes.name`, or `flowferry-<environment>` */
export function namesOf(prefix: string): Names {
	return {
		prefix,
		service: prefix,
		preview: `${prefix}-preview`,
		pods: `${prefix}-pods`,
		serviceAccount: prefix,
		journal: `${prefix}-journal`,
		planKey: `${prefix}-plan-key`,
		token: `${prefix}-token`,
		slot: (slot) => `${prefix}-${slot}`,
		flows: (slot, part) => `${prefix}-${slot}-flows-${part}`,
		logs: `${prefix}-logs`,
		gateway: (slot) => `${prefix}-${slot}-gateway`,
		auditHead: `${prefix}-audit-head`,
		audit: (part) => `${prefix}-audit-${part}`,
		pod: (instance) => `${prefix}-${dashed(instance)}`,
		lease: (seat) => `${prefix}-${dashed(seat)}`,
	};
}

/** The number at the end of a pod's name in a StatefulSet: `flowferry-production-blue-1` is its 1. @throws Error where there is none */
export function ordinalOf(pod: string): number {
	const ordinal = /-(\d+)$/.exec(pod)?.[1];
	if (ordinal === undefined) throw new Error(`${pod} is not the name of a StatefulSet's pod: it ends with no number`);
	return Number(ordinal);
}

/** A pod's address as a URL writes it. */
export function urlHost(address: string): string {
	return address.includes(':') ? `[${address}]` : address;
}

function dashed(name: string): string {
	return name.replaceAll('/', '-');
}

/** The labels that Kubernetes recommends, and ours. */
export const label = {
	name: 'app.kubernetes.io/name',
	/** The environment's prefix. */
	instance: 'app.kubernetes.io/instance',
	component: 'app.kubernetes.io/component',
	managedBy: 'app.kubernetes.io/managed-by',
	slot: 'flowferry.org/slot',
	/** A release's number. */
	release: 'flowferry.org/release',
	/** The first 12 digits of a snapshot's id; a label has room for 63 characters. */
	snapshot: 'flowferry.org/snapshot',
	/** `true` on the pods that get traffic. */
	serving: 'flowferry.org/serving',
} as const;

export const annotation = {
	/** A snapshot's whole id. */
	snapshot: 'flowferry.org/snapshot',
	/** Of the Service: it was taken down, and keeps its address. */
	stopped: 'flowferry.org/stopped',
	/** Of a lease: its seat, `active/1`; the object's name does not tell it. */
	seat: 'flowferry.org/seat',
	/** Of a lease: how long a grant lasts, in milliseconds. */
	ttlMs: 'flowferry.org/ttl-ms',
	/** Of a lease: JSON, the latest changes of its seat's role. */
	roleChanges: 'flowferry.org/role-changes',
} as const;

export const FIELD_MANAGER = 'flowferry';

export type Component = 'instance' | 'lease' | 'state' | 'router' | 'drill';

/** Of everything that an environment has. */
export function labelsOf({ prefix }: Pick<Names, 'prefix'>, component: Component): Record<string, string> {
	return { [label.name]: 'flowferry', [label.instance]: prefix, [label.component]: component, [label.managedBy]: 'flowferry' };
}

/** Ports of a pod. The gateway's control port and Node-RED's are its loopback's alone; a port-forward ends there. */
export const ports = { http: 1880, control: 1879, gatewayControl: 1878, nodeRed: 1881, probes: 1882 } as const;

/** As the API server takes labels in a query: `a=b,c=d`. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
	return Object.entries(labels)
		.map((entry) => entry.join('='))
		.join(',');
}
