import { setTimeout as sleep } from 'node:timers/promises';
import { PatchStrategy, setHeaderOptions, type V1Service } from '@kubernetes/client-node';
import { ControlUnreachable, callControl } from '../../control/client.ts';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { ifThere } from '../../kubernetes/if-there.ts';
import { annotation, type Names, ports } from '../../kubernetes/names.ts';
import type { GatewayStatus, TrafficOrder } from '../../routers/gateway/protocol.ts';
import type { HoldLimits, Router, RouterStatus, Traffic, Upstream } from '../../routers/router.ts';
import { failuresOf } from '../failures.ts';
import type { Pod, Pods } from './pods.ts';
import type { Tunnels } from './tunnels.ts';

/** A gateway answers from memory; the way there goes by the API server and a node. */
const ANSWER_MS = 5_000;
/** A cluster moves a Service within a second; a gateway that was killed is ready again a little later. */
const SETTLES_MS = 10_000;
const POLL_MS = 50;
/** Within its pod. */
const OWN_NODE_RED = `http://127.0.0.1:${ports.nodeRed}`;

export interface ServiceRouterParts {
	cluster: Cluster;
	names: Names;
	pods: Pods;
	tunnels: Tunnels;
	/** Of control calls. */
	token(): Promise<string>;
}

/**
 * The environment's Service, which sends new connections to the pods that carry a label, and the gateways in the pods, which hold
 * requests, and pass on to the new pods what waits and what comes on connections of before.
 */
export class ServiceRouter implements Router {
	readonly #parts: ServiceRouterParts;

	constructor(parts: ServiceRouterParts) {
		this.#parts = parts;
	}

	async status(): Promise<RouterStatus | null> {
		const service = await this.service();
		if (!service || isStopped(service)) return null;
		const pods = await this.#parts.pods.list();
		const gateways = await Promise.all(pods.map((pod) => this.#ask(pod).catch(() => null)));
		const known = pods.flatMap((pod, index) => (gateways[index] ? [{ pod, gateway: gateways[index] }] : []));
		const sum = (figure: (gateway: GatewayStatus) => number) => known.reduce((total, { gateway }) => total + figure(gateway), 0);
		return {
			kind: 'service',
			url: urlOf(service),
			traffic: trafficOf(pods, known),
			waiting: sum(({ waiting }) => waiting),
			inFlight: byInstance(known, ({ inFlight }) => inFlight),
			webSockets: byInstance(known, ({ webSockets }) => webSockets ?? {}),
			totals: {
				requests: sum(({ totals }) => totals.requests),
				failed: sum(({ totals }) => totals.failed),
				held: sum(({ totals }) => totals.held),
			},
		};
	}

	async hold(limits: HoldLimits): Promise<void> {
		await this.#mustRun();
		await this.#untilReached(() => this.#orderServing({ state: 'held', limits }), Math.min(limits.maxMs, SETTLES_MS));
	}

	async route(upstreams: Upstream[]): Promise<void> {
		await this.#mustRun();
		const { pods } = this.#parts;
		if (upstreams.length === 0) {
			// They stay where the Service sends to: it is they who say 503.
			await this.#untilReached(() => this.#orderServing({ state: 'closed' }), SETTLES_MS);
			return;
		}
		const [chosen, others] = await this.#untilReached(async () => {
			const parts = split(await pods.list(), upstreams);
			await this.#orderAll(
				parts[0].map(({ pod }) => pod),
				ownTraffic,
			);
			return parts;
		}, SETTLES_MS);
		const to = chosen.map(({ upstream }) => upstream);
		// What waits goes there at once, by the gateways; what is new follows as the Service does.
		await Promise.all([
			...others.map((pod) => this.#passOn(pod, to)),
			...chosen.map(({ pod }) => (pod.serves ? undefined : pods.serve(pod.name, true))),
		]);
		await this.#untilLeads((addresses) => chosen.every(({ pod: { ip } }) => ip !== null && addresses.has(ip)));
		await Promise.all(others.map((pod) => (pod.serves ? pods.serve(pod.name, false) : undefined)));
	}

	/** Of all to whose gateways requests may come. */
	async #orderServing(order: TrafficOrder): Promise<void> {
		const serving = (await this.#parts.pods.list()).filter((pod) => pod.serves && isWithinReach(pod));
		await this.#orderAll(serving, () => order);
	}

	/** One that is ending may be gone in a moment; all others must do as they are told. It throws once all have ended: none is obeyed later. */
	async #orderAll(pods: Pod[], orderOf: (pod: Pod) => TrafficOrder): Promise<void> {
		const orders = pods.map(async (pod) => {
			const order = this.#order(pod, orderOf(pod));
			await (pod.isEnding ? order.catch(() => {}) : order);
		});
		const [failure] = await failuresOf(orders);
		if (failure) throw failure;
	}

	/** As long as a gateway does not answer: one that was killed does again, or its pod is found to be gone. */
	async #untilReached<T>(order: () => Promise<T>, withinMs: number): Promise<T> {
		for (const until = performance.now() + withinMs; ; await sleep(POLL_MS)) {
			try {
				return await order();
			} catch (error) {
				if (!(error instanceof ControlUnreachable) || performance.now() > until) throw error;
			}
		}
	}

	/** One that is gone, or frozen, passes nothing on. */
	async #passOn(pod: Pod, upstreams: Upstream[]): Promise<void> {
		if (isWithinReach(pod)) await this.#order(pod, { state: 'flowing', upstreams, moved: true }).catch(() => {});
	}

	/** Until the Service's endpoints are such; at most for a while, since the labels stand. */
	async #untilLeads(isSo: (addresses: ReadonlySet<string>) => boolean): Promise<void> {
		const { cluster, names } = this.#parts;
		for (const until = performance.now() + SETTLES_MS; performance.now() < until; await sleep(POLL_MS)) {
			const endpoints = await ifThere(cluster.core.readNamespacedEndpoints({ namespace: cluster.namespace, name: names.service }));
			if (isSo(new Set(endpoints?.subsets?.flatMap((subset) => subset.addresses ?? []).map(({ ip }) => ip)))) return;
		}
	}

	/** Ends the standstill that `stop` has begun, and waits until those that serve are reached, be they just started again. */
	async start(): Promise<void> {
		await this.#mark({ [annotation.stopped]: null });
		const serving = (await this.#parts.pods.list()).filter(({ serves, isEnding }) => serves && !isEnding);
		await this.#untilLeads((addresses) => serving.every(({ ip }) => ip !== null && addresses.has(ip)));
	}

	/** The Service stays, since its address is known to users and load balancers; it leads nowhere. */
	async stop(): Promise<void> {
		if (!(await this.service())) return;
		await this.#mark({ [annotation.stopped]: 'true' });
		const { pods } = this.#parts;
		const serving = (await pods.list()).filter(({ serves }) => serves);
		await Promise.all(serving.map(({ name }) => pods.serve(name, false)));
		await this.#untilLeads((addresses) => addresses.size === 0);
	}

	async #mark(annotations: Record<string, string | null>): Promise<void> {
		const { cluster, names } = this.#parts;
		const { core, namespace } = cluster;
		const body = { metadata: { annotations } };
		const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
		await core.patchNamespacedService({ namespace, name: names.service, body }, merge);
	}

	/** Null where there is none. */
	async service(): Promise<V1Service | null> {
		const { cluster, names } = this.#parts;
		return await ifThere(cluster.core.readNamespacedService({ namespace: cluster.namespace, name: names.service }));
	}

	async #mustRun(): Promise<void> {
		const service = await this.service();
		if (service && !isStopped(service)) return;
		throw new FlowferryError({
			code: 'ROUTER_DOWN',
			message: `the Service ${this.#parts.names.service} ${service ? 'is taken down' : 'is not there'}, so its traffic cannot be changed`,
			hint: 'flowferry up brings it back',
			exitStatus: ExitStatus.needsOperator,
		});
	}

	async #ask({ name }: Pod): Promise<GatewayStatus> {
		return (await callControl(await this.#address(name), 'GET', '/status', undefined, ANSWER_MS)) as GatewayStatus;
	}

	async #order({ name }: Pod, order: TrafficOrder): Promise<void> {
		await callControl(await this.#address(name), 'PUT', '/traffic', order, ANSWER_MS);
	}

	async #address(pod: string): Promise<{ url: string; token: string }> {
		const { tunnels, token } = this.#parts;
		const [url, bearer] = await Promise.all([tunnels.to(pod, ports.gatewayControl), token()]);
		return { url, token: bearer };
	}
}

/** Taken down by flowferry. */
export function isStopped({ metadata }: V1Service): boolean {
	return metadata?.annotations?.[annotation.stopped] !== undefined;
}

/** Where users come in, as far as the cluster tells. */
export function urlOf({ spec, status }: V1Service): string {
	const port = spec?.ports?.[0]?.port;
	const balancer = status?.loadBalancer?.ingress?.[0];
	return `http://${balancer?.hostname ?? balancer?.ip ?? spec?.clusterIP ?? 'service'}:${port}`;
}

/** Its gateway may answer: while a pod is ending, too, which the Service sends to until its successor has its own traffic. */
function isWithinReach({ hasEnded, lostNode }: Pod): boolean {
	return !hasEnded && lostNode === null;
}

function ownTraffic({ instance }: Pod): TrafficOrder {
	return { state: 'flowing', upstreams: [{ instance, url: OWN_NODE_RED }] };
}

function split(pods: Pod[], upstreams: Upstream[]): [chosen: { pod: Pod; upstream: Upstream }[], others: Pod[]] {
	const chosen = upstreams.map((upstream) => {
		const pod = pods.find(({ instance, isEnding }) => instance === upstream.instance && !isEnding);
		if (pod) return { pod, upstream };
		throw new FlowferryError({
			code: 'POD_MISSING',
			message: `${upstream.instance} has no pod, so that no traffic can go there`,
			hint: 'flowferry status shows which pods there are; flowferry up brings them back',
			exitStatus: ExitStatus.needsOperator,
		});
	});
	return [chosen, pods.filter((pod) => !chosen.some((each) => each.pod === pod))];
}

function trafficOf(pods: Pod[], known: { pod: Pod; gateway: GatewayStatus }[]): Traffic {
	const serving = pods.filter(({ serves, isEnding }) => serves && !isEnding);
	const upstreams = serving.flatMap(({ instance, ip }) => (ip ? [{ instance, url: `http://${ip}:${ports.http}` }] : []));
	const traffics = known.filter(({ pod }) => serving.includes(pod)).map(({ gateway }) => gateway.traffic);
	const held = traffics.filter((traffic) => traffic.state === 'held');
	if (held[0]) {
		const waiting = held.reduce((total, traffic) => total + traffic.waiting, 0);
		return { state: 'held', since: held[0].since, waiting, upstreams };
	}
	const isClosed = upstreams.length === 0 || (traffics.length > 0 && traffics.every(({ state }) => state === 'closed'));
	return isClosed ? { state: 'closed' } : { state: 'flowing', upstreams };
}

function byInstance(
	known: { gateway: GatewayStatus }[],
	figures: (gateway: GatewayStatus) => Record<string, number>,
): Record<string, number> {
	const sums: Record<string, number> = {};
	for (const { gateway } of known) {
		for (const [instance, figure] of Object.entries(figures(gateway))) sums[instance] = (sums[instance] ?? 0) + figure;
	}
	return sums;
}
