import { FlowferryError } from '../errors/flowferry-error.ts';
import { callGateway } from '../routers/gateway/control-client.ts';
import type { GatewayStatus, TrafficOrder } from '../routers/gateway/protocol.ts';
import type { HoldLimits, Router, RouterStatus, Upstream } from '../routers/router.ts';
import { ports, urlHost } from './names.ts';
import type { PodsInView, SeenPod } from './pods-in-view.ts';

export interface OwnPodRouterParts {
	/** This one: `blue/0`. */
	instance: string;
	pods: PodsInView;
	/** Has the Service lead to a pod, or not. No effect on one that is gone. */
	serve(pod: string, serves: boolean): Promise<void>;
	/** Of the gateway in this pod. */
	gateway: { controlUrl: string; tokenFile: string };
	/** Of the Node-RED in this pod. */
	nodeRedUrl: string;
}

/**
 * The environment's Service, as one of its pods orders it: by the labels that the Service goes by, and by the gateway in this pod alone,
 * since those of the other pods listen to nobody outside. Each pod orders its own.
 */
export class OwnPodRouter implements Router {
	readonly #parts: OwnPodRouterParts;

	constructor(parts: OwnPodRouterParts) {
		this.#parts = parts;
	}

	/** This pod is among the upstreams where its gateway, too, sends to it. */
	async status(): Promise<RouterStatus | null> {
		const { pods, instance } = this.#parts;
		const gateway = await this.#ask();
		if (gateway === null) return null;
		const upstreams = pods
			.all()
			.filter((pod) => pod.serves && !pod.isEnding && (pod.instance !== instance || this.#isItself(gateway)))
			.flatMap(({ instance, address }) => (address ? [{ instance, url: `http://${urlHost(address)}:${ports.http}` }] : []));
		return { ...gateway, kind: 'service', traffic: upstreams.length > 0 ? { state: 'flowing', upstreams } : { state: 'closed' } };
	}

	/** What comes to this pod waits. */
	async hold(limits: HoldLimits): Promise<void> {
		await this.#order({ state: 'held', limits });
	}

	/**
	 * The Service leads to none but these any more, and to this one where it is among them; else what still comes here is passed on to
	 * them. The labels of the others among them are theirs to set; until one of them has its own, this pod keeps it.
	 */
	async route(upstreams: Upstream[]): Promise<void> {
		const { pods, instance, serve } = this.#parts;
		const isOne = upstreams.some((upstream) => upstream.instance === instance);
		if (isOne) await this.#order(this.#toItself);
		else if (upstreams.length > 0) await this.#order({ state: 'flowing', upstreams, moved: true });
		else await this.#order({ state: 'closed' });
		const seen = pods.all();
		const own = seen.find((pod) => pod.instance === instance);
		if (isOne && own && !own.serves) await serve(own.name, true);
		// The Service is to lead somewhere at each moment: it is not told to leave this pod before it leads to one of those.
		const isNamed = (pod: SeenPod) => upstreams.some((upstream) => upstream.instance === pod.instance);
		if (!isOne && !seen.some((pod) => pod.serves && isNamed(pod))) return;
		const isLeft = (pod: SeenPod) => pod.serves && !isNamed(pod);
		await Promise.all(seen.filter(isLeft).map((pod) => serve(pod.name, false)));
	}

	/**
	 * Has the gateway send to its own Node-RED what comes to this pod, wherever it sent that before. The Service leads where it did.
	 * @param releases what it holds, too
	 */
	async receive(releases: boolean): Promise<void> {
		const gateway = await this.#ask();
		const mayChange = releases || gateway?.traffic.state === 'flowing';
		if (gateway && mayChange && !this.#isItself(gateway)) await this.#order(this.#toItself);
	}

	get #toItself(): TrafficOrder {
		return { state: 'flowing', upstreams: [{ instance: this.#parts.instance, url: this.#parts.nodeRedUrl }] };
	}

	#isItself({ traffic }: GatewayStatus): boolean {
		return traffic.state === 'flowing' && traffic.upstreams.length === 1 && traffic.upstreams[0]?.url === this.#parts.nodeRedUrl;
	}

	#ask(): Promise<GatewayStatus | null> {
		const { controlUrl, tokenFile } = this.#parts.gateway;
		return callGateway(controlUrl, tokenFile, { method: 'GET', path: '/status' });
	}

	async #order(body: TrafficOrder): Promise<void> {
		const { controlUrl, tokenFile } = this.#parts.gateway;
		if (await callGateway(controlUrl, tokenFile, { method: 'PUT', path: '/traffic', body })) return;
		throw new FlowferryError({
			code: 'GATEWAY_DOWN',
			message: `the gateway of this pod does not run at ${controlUrl}`,
			hint: 'its node starts it again; kubectl logs -c gateway tells why it ended',
		});
	}
}
