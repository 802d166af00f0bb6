import { leaveMessagesAtBroker } from './mqtt-sessions.ts';
import type { PluginApi, RuntimeNode } from './node-red.ts';
import { describeNode, runningNodes, takesInput } from './node-red.ts';
import type { QuiesceReport } from './protocol.ts';
import { leaveShareGroups } from './share-groups.ts';
import { sleep, within } from './time.ts';

/** Sources that also take input, so that their handlers do not tell: an inject has its button, an `mqtt in` may be dynamic. */
const SOURCES_WITH_INPUT = new Set(['inject', 'mqtt in', 'websocket in', 'udp in', 'tcp in', 'watch']);

/**
 * Left open: the router holds the requests already. Closing its route would answer 404 to a request that the router had
 * passed on a moment before the hold.
 */
const HELD_BY_ROUTER = 'http in';

/** These emit only because other nodes of the flows do something. */
const INTERNAL = new Set(['catch', 'status', 'complete', 'link in', 'link out', 'link call', 'junction', 'unknown']);

/**
 * A node that emits messages of its own accord. What takes no input and stands on a flow can only be one: that finds
 * the sources among contributed types, which nobody could list.
 */
export function isSource(node: RuntimeNode): boolean {
	if (INTERNAL.has(node.type) || node.type === HELD_BY_ROUTER) return false;
	if (SOURCES_WITH_INPUT.has(node.type)) return true;
	const standsOnFlow = Array.isArray(node.wires) && node.wires.length > 0;
	return standsOnFlow && !takesInput(node) && !node.type.startsWith('subflow:');
}

/**
 * Closes the sources and nothing else, so that what is inside can come out. The flows cannot be resumed from here:
 * they are stopped, or stopped and started again.
 */
export async function quiesce(api: PluginApi, timeoutMs: number): Promise<Pick<QuiesceReport, 'closed' | 'stuck'>> {
	const deadline = performance.now() + timeoutMs;
	const nodes = [...runningNodes(api)];
	const sessions = leaveMessagesAtBroker(nodes);
	// Half of the time at most: a broker that does not answer must not cost the other sources theirs.
	const halfTime = performance.now() + timeoutMs / 2;
	while (sessions.some((session) => session.halfWay() > 0) && performance.now() < halfTime) await sleep(5);

	await leaveShareGroups(nodes, halfTime - performance.now());

	const sources = nodes.filter(isSource);
	const closed = await Promise.all(sources.map((node) => within(close(node), deadline - performance.now())));
	return {
		closed: sources.filter((_, index) => closed[index]).map(describeNode),
		stuck: sources.filter((_, index) => !closed[index]).map(describeNode),
	};
}

async function close(node: RuntimeNode): Promise<void> {
	await node.close(false);
	// Else the flow's stop would close it a second time, which not every node bears.
	if (node._flow?.activeNodes?.[node.id] === node) delete node._flow.activeNodes[node.id];
}
