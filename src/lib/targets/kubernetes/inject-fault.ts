import { setTimeout as sleep } from 'node:timers/promises';
import type { MonotonicClock } from '../../adapters/clock.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { ifThere } from '../../kubernetes/if-there.ts';
import { labelsOf, type Names, selectorOf } from '../../kubernetes/names.ts';
import { type Fault, faultImpossible, type Injection } from '../fault.ts';
import type { InstanceStatus } from '../instance.ts';
import { signalInside } from '../signal-inside.ts';
import { isolationOf } from './objects/isolation.ts';
import { runInPod } from './run-in-pod.ts';

/** An end of an input that the API server does not pass on is not waited for. */
const UNDO_MS = 5_000;

export interface Place {
	cluster: Cluster;
	names: Names;
	clock: Pick<MonotonicClock, 'nowMs'>;
}

/**
 * By signals within an instance's pod, by its deletion, by a NetworkPolicy around it, and by taking the pods' right to the leases.
 * @param status null: its runner does not answer
 * @throws FlowferryError FAULT_IMPOSSIBLE
 */
export async function injectFault(fault: Fault, name: string, status: InstanceStatus | null, place: Place): Promise<Injection> {
	if (fault === 'store-loss') return await loseStore(name, place);
	if (!status?.childPid) throw faultImpossible(fault, name, status ? 'its Node-RED does not run' : 'its runner does not answer');
	const { childPid, pid } = status;
	const pod = place.names.pod(name);
	switch (fault) {
		case 'crash':
			return await signal(place, pod, `kill -s KILL ${childPid}`);
		case 'hang':
			return await signal(place, pod, `kill -s STOP ${childPid}`, `kill -s CONT ${childPid}`);
		case 'freeze':
			return await signal(place, pod, `kill -s STOP ${pid} ${childPid}`, `kill -s CONT ${childPid} ${pid}`);
		case 'cut-off':
			return await cutOff(name, place);
		case 'eviction':
			return await evict(pod, place);
	}
}

/** Without their role the pods reach no lease, as if the API server were gone. `flowferry up` gives it back, too. */
async function loseStore(name: string, { cluster: { rbac, namespace }, names, clock }: Place): Promise<Injection> {
	const binding = await ifThere(rbac.readNamespacedRoleBinding({ namespace, name: names.serviceAccount }));
	if (!binding) throw faultImpossible('store-loss', name, `the RoleBinding ${names.serviceAccount} is not there`);
	const { labels, annotations } = binding.metadata ?? {};
	const body = { ...binding, metadata: { name: names.serviceAccount, ...(labels && { labels }), ...(annotations && { annotations }) } };
	const atMs = clock.nowMs();
	await rbac.deleteNamespacedRoleBinding({ namespace, name: names.serviceAccount });
	return {
		atMs,
		undo: async () => {
			const isBack = await ifThere(rbac.readNamespacedRoleBinding({ namespace, name: names.serviceAccount }));
			if (!isBack) await rbac.createNamespacedRoleBinding({ namespace, body });
		},
	};
}

/** As `kubectl delete pod`: it gets the time that pods get to end. */
async function evict(pod: string, { cluster: { core, namespace }, clock }: Place): Promise<Injection> {
	const atMs = clock.nowMs();
	await core.deleteNamespacedPod({ namespace, name: pod });
	return { atMs, undo: async () => {} };
}

/** Not every cluster's network heeds policies: one that does not would make the drill a lie. */
async function cutOff(name: string, place: Place): Promise<Injection> {
	const { cluster, names, clock } = place;
	const { networking, namespace } = cluster;
	const policy = isolationOf(names, name);
	const undo = async () => {
		await ifThere(networking.deleteNamespacedNetworkPolicy({ namespace, name: policy.metadata.name }));
	};
	const atMs = clock.nowMs();
	await networking.createNamespacedNetworkPolicy({ namespace, body: policy });
	if (!(await isHeeded(name, place))) {
		await undo();
		throw faultImpossible('cut-off', name, "the cluster's network does not heed NetworkPolicies");
	}
	return { atMs, undo };
}

/** Takes back what drills that were killed have left around pods. */
export async function endIsolation({ networking, namespace }: Cluster, names: Names): Promise<void> {
	const labelSelector = selectorOf(labelsOf(names, 'drill'));
	const { items } = await networking.listNamespacedNetworkPolicy({ namespace, labelSelector });
	for (const { metadata } of items) await ifThere(networking.deleteNamespacedNetworkPolicy({ namespace, name: metadata?.name ?? '' }));
}

/** Whether its pod still reaches the API server a moment later. */
async function isHeeded(name: string, { cluster, names }: Place): Promise<boolean> {
	const script = `const s = require('node:net').connect(+process.env.KUBERNETES_SERVICE_PORT, process.env.KUBERNETES_SERVICE_HOST);
s.setTimeout(1500, () => { console.log('cut'); process.exit(); });
s.on('connect', () => { console.log('through'); process.exit(); });
s.on('error', () => { console.log('cut'); process.exit(); });`;
	const program = await runInPod(cluster, names.pod(name), ['node', '-e', script]);
	let text = '';
	for await (const chunk of program.output) text += chunk;
	return text.includes('cut');
}

async function signal({ cluster, clock }: Place, pod: string, send: string, takeBack?: string): Promise<Injection> {
	let close = () => {};
	return await signalInside({
		...{ send, clock, ...(takeBack !== undefined && { takeBack }) },
		begin: async (command) => {
			const program = await runInPod(cluster, pod, command);
			close = program.close;
			return program;
		},
		finish: async ({ input }, ended) => {
			if (input.writable) input.write('\n');
			await Promise.race([ended, sleep(UNDO_MS)]);
			close();
		},
	});
}
