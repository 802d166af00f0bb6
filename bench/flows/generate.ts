import type { FlowNode } from '../../src/lib/flows/node.ts';
import { type Configs, middles, type NodeFields, sinks, sources } from './nodes.ts';
import { createRandom, type Random } from './random.ts';

/**
 * A flow file of about the mix of node types, wires and code that 256 public files have, with exactly so many entries.
 * The same count and seed give the same flows.
 */
export function generateFlows(count: number, seed = 1): FlowNode[] {
	const random = createRandom(seed);
	const nodes: FlowNode[] = [];
	const brokers: string[] = [];
	const open: FlowNode[] = [];
	while (nodes.length < count) {
		if (brokers.length * 2000 <= nodes.length) nodes.push(makeBroker(random, brokers));
		addTab(random, nodes, brokers, open, Math.min(count, nodes.length + drawTabSize(random)));
	}
	return dropLooseEnds(nodes.slice(0, count));
}

/** Takes away what leads to nodes behind the cut. */
function dropLooseEnds(nodes: FlowNode[]): FlowNode[] {
	const ids = new Set(nodes.map((node) => node.id));
	for (const node of nodes) {
		if (node.wires) node.wires = node.wires.map((port) => port.filter((id) => ids.has(id)));
		if (Array.isArray(node.links)) node.links = node.links.filter((id) => ids.has(id));
	}
	return nodes;
}

/** Most tabs are small, but most nodes stand on large ones: in real files the average node shares its tab with 190. */
function drawTabSize(random: Random): number {
	const [low, high] = random.weigh([
		[[8, 24], 50],
		[[25, 47], 25],
		[[60, 150], 15],
		[[180, 300], 8],
		[[450, 590], 2],
	] as const);
	return random.integer(low, high);
}

function makeBroker(random: Random, brokers: string[]): FlowNode {
	const id = random.id();
	brokers.push(id);
	return {
		id,
		type: 'mqtt-broker',
		name: `broker ${brokers.length}`,
		broker: 'mqtt.example',
		port: '1883',
		clientid: random.chance(0.2) ? 'plant' : '',
		autoConnect: true,
		protocolVersion: '4',
		keepalive: '60',
		cleansession: true,
	};
}

/** Fills one tab with chains: a source, some nodes after each other, now and then a branch, and a sink. */
function addTab(random: Random, nodes: FlowNode[], brokers: readonly string[], open: FlowNode[], end: number): void {
	const tab: FlowNode = { id: random.id(), type: 'tab', label: `Flow ${nodes.length}`, disabled: random.chance(0.09), info: '', env: [] };
	const group: FlowNode = { id: random.id(), type: 'ui_group', name: 'Plant', tab: '', order: 1, disp: true, width: '6' };
	nodes.push(tab, group);
	const configs: Configs = { brokers, group: group.id };
	for (let row = 0; nodes.length < end; row++) {
		let column = 0;
		const place = (fields: NodeFields): FlowNode => {
			const node: FlowNode = { id: random.id(), z: tab.id, x: 140 + 200 * column++, y: 60 + 40 * row, wires: [], ...fields };
			if (random.chance(0.01)) node.d = true;
			nodes.push(node);
			return node;
		};
		let last = place(random.weigh(sources)(random, configs));
		if (last.type === 'link in') joinLinks(last, open);
		const answers = last.type === 'http in';
		for (
			let left = random.weigh([
				[1, 5],
				[2, 4],
				[3, 3],
				[6, 1],
			]);
			left > 0;
			left--
		) {
			const next = place(random.weigh(middles)(random, configs));
			wire(random, last, next);
			last = next;
		}
		const sink = place(answers ? { type: 'http response', name: '', statusCode: '', headers: {} } : random.weigh(sinks)(random, configs));
		wire(random, last, sink);
		if (sink.type === 'link out') open.push(sink);
	}
}

function wire(random: Random, from: FlowNode, to: FlowNode): void {
	const outputs = typeof from.outputs === 'number' ? from.outputs : 1;
	from.wires ??= [];
	while (from.wires.length < outputs) from.wires.push([]);
	from.wires[random.integer(0, outputs - 1)]!.push(to.id);
}

/** Ties a `link in` to some of the latest `link out` nodes, on whatever tab they stand. */
function joinLinks(target: FlowNode, open: FlowNode[]): void {
	for (const source of open.splice(0, 2)) {
		(source.links as string[]).push(target.id);
		(target.links as string[]).push(source.id);
	}
}
