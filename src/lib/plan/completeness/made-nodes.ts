import { isConfigNode, isContainer } from '../../flows/activity.ts';
import type { FlowGraph } from '../../flows/model.ts';
import type { FlowNode } from '../../flows/node.ts';

/**
 * The nodes that Node-RED makes when it starts the flows: those that run, and config nodes also where nothing uses them, as long as
 * neither they nor their tab are disabled. With what holds variables for them: tabs, groups, and subflows that something uses.
 */
export function madeNodes({ nodes, byId, activity }: FlowGraph): FlowNode[] {
	const isMade = (id: string | undefined): boolean => {
		const container = byId.get(id ?? '');
		if (container?.type === 'tab') return container.disabled !== true;
		return container?.type !== 'subflow' || activity.instances.has(container.id);
	};
	return nodes.filter((node) => {
		if (node.type === 'tab' || node.type === 'subflow') return isMade(node.id);
		if (isContainer(node)) return isMade(node.z);
		return activity.running.has(node.id) || (isConfigNode(node) && node.d !== true && isMade(node.z));
	});
}
