import { isDeepStrictEqual } from 'node:util';
import type { V1Service } from '@kubernetes/client-node';
import type { Names } from '../../kubernetes/names.ts';
import type { SlotName } from '../../promotion/journal.ts';
import { servingSelector } from './objects/services.ts';
import type { Pod } from './pods.ts';
import { isStopped } from './service-router.ts';
import type { Bounds } from './slot-size.ts';

/** An environment's objects as they are. */
export interface Found {
	environment: string;
	names: Names;
	/** Those that are filled: how many pods each may have, and how many it is to have now; null: its StatefulSet is gone. */
	slots: { slot: SlotName; bounds: Bounds; replicas: number | null }[];
	pods: Pod[];
	service: V1Service | null;
	/** Whether pods may write their leases. */
	mayWriteLeases: boolean;
	/** Leases that pods compete for, and that are not there; by their names. */
	missingLeases: string[];
	/** HorizontalPodAutoscalers that the configuration asks for, and that are not there; by their names. */
	missingAutoscalers: string[];
}

/** What somebody did to objects by hand, or befell pods, and what mends it; each a sentence. Pure. */
export function odditiesOf(found: Found): string[] {
	const { environment, names, slots, pods, service, mayWriteLeases, missingLeases, missingAutoscalers } = found;
	const up = `flowferry up ${environment}`;
	// Taken down on purpose, no slot has pods.
	const isDown = service !== null && isStopped(service);
	const ofSlots = slots.flatMap(({ slot, bounds: { least, most }, replicas }) => {
		const set = `the StatefulSet ${names.slot(slot)} of ${slot}`;
		if (replicas === null) return [`${set} is gone: ${up} makes it again`];
		if (replicas > most)
			return [
				`${set} is scaled to ${replicas}, and ${slot} was made for ${most}: kubectl scale --replicas ${most}, or promote again with more instances`,
			];
		return replicas < least && !(replicas === 0 && isDown)
			? [`${set} is scaled to ${replicas}, not ${least === most ? most : `${least} to ${most}`}: ${up} puts that right`]
			: [];
	});
	const ofPods = pods.flatMap(({ name, instance, lostNode, trouble, restarts }) => {
		if (lostNode)
			return [
				`the node ${lostNode}, on which ${instance} is, does not answer: kubectl describe node ${lostNode} tells more; once it is proved dead, kubectl delete pod ${name} --force has ${instance} made on another`,
			];
		if (trouble) return [`the pod ${name} of ${instance} waits (${trouble}): kubectl describe pod ${name} tells more`];
		return restarts > 5
			? [`the runner of ${instance} was started again ${restarts} times: kubectl logs ${name} -c node-red --previous`]
			: [];
	});
	const ofService = !service
		? [`the Service ${names.service} is gone, and with it its address: ${up} makes it again`]
		: isDeepStrictEqual(service.spec?.selector, servingSelector(names))
			? []
			: [`the Service ${names.service} leads elsewhere than to the pods that serve: ${up} puts that right`];
	const ofRole = mayWriteLeases
		? []
		: [`pods may not write their leases, since the RoleBinding ${names.serviceAccount} is gone: ${up} makes it again`];
	const ofLeases = missingLeases.map((name) => `the Lease ${name} is gone, without which nobody can stay active: ${up} makes it again`);
	const ofAutoscalers = missingAutoscalers.map(
		(name) => `the HorizontalPodAutoscaler ${name} is not there, so that its pods do not follow the load: ${up} makes it`,
	);
	return [...ofSlots, ...ofPods, ...ofService, ...ofRole, ...ofLeases, ...ofAutoscalers];
}
