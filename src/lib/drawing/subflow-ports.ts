import type { FlowNode } from '../flows/node.ts';
import { shorten, textOf } from './escape.ts';
import { hasPlace } from './place-node.ts';
import type { SubflowPort } from './scene.ts';

/** The squares of a subflow's ports that have a place. */
export function placePorts(subflow: FlowNode): SubflowPort[] {
	const kinds = [
		['input', subflow.in, subflow.inputLabels],
		['output', subflow.out, subflow.outputLabels],
		['status', subflow.status === undefined ? [] : [subflow.status], []],
	] as const;
	return kinds.flatMap(([kind, ports, labels]) =>
		listOf(ports).flatMap((port, index) =>
			hasPlace(Object(port))
				? [{ kind, index, x: Number(Object(port).x), y: Number(Object(port).y), label: shorten(textOf(listOf(labels)[index]), 60) }]
				: [],
		),
	);
}

/** What a port is wired to: for an input the nodes inside, for an output and the status the nodes' output ports. */
export function portWires(subflow: FlowNode, { kind, index }: SubflowPort): { id: string; port: number }[] {
	const port = kind === 'status' ? subflow.status : listOf(kind === 'input' ? subflow.in : subflow.out)[index];
	return listOf(Object(port).wires).map((wire) => ({ id: textOf(Object(wire).id), port: Number(textOf(Object(wire).port)) || 0 }));
}

function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}
