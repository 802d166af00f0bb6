import type { FlowNode } from '../flows/node.ts';
import { outputOffset } from './geometry.ts';
import type { PlacedNode, SubflowPort, Wire } from './scene.ts';
import { portWires } from './subflow-ports.ts';
import type { Point } from './wire-path.ts';

/** Half the width of a subflow port's square. */
const PORT_SQUARE = 20;

/** For each output port, the ids it is wired to, whatever the file holds in their place. */
export function wiresOf(node: FlowNode): string[][] {
	if (!Array.isArray(node.wires)) return [];
	return node.wires.map((ids: unknown) => [ids].flat().filter((id) => typeof id === 'string'));
}

/** The wires between what is drawn of one flow; the editor drops those that lead elsewhere, or leave a port that is not there. */
export function drawnWires(
	nodes: readonly PlacedNode[],
	ports: readonly SubflowPort[],
	placed: ReadonlyMap<string, PlacedNode>,
	container: FlowNode | undefined,
): Wire[] {
	const wires: Wire[] = [];
	const connect = (key: string, from: Point, to: Point, disabled: boolean) => void wires.push({ key, from, to, disabled });
	for (const source of nodes) {
		for (const [port, ids] of wiresOf(source.node).slice(0, source.outputs).entries()) {
			for (const id of ids) {
				const target = placed.get(id);
				if (target)
					connect(`${source.node.id} ${port} ${id}`, outputPoint(source, port), inputPoint(target), source.disabled || target.disabled);
			}
		}
	}
	for (const square of container ? ports : []) {
		for (const { id, port } of portWires(container as FlowNode, square)) {
			const inner = placed.get(id);
			if (!inner) continue;
			const key = `${square.kind} ${square.index} ${id} ${port}`;
			if (square.kind === 'input') connect(key, { x: square.x + PORT_SQUARE, y: square.y }, inputPoint(inner), inner.disabled);
			else if (port < inner.outputs) connect(key, outputPoint(inner, port), { x: square.x - PORT_SQUARE, y: square.y }, inner.disabled);
		}
	}
	return wires;
}

function inputPoint({ x, y, w }: PlacedNode): Point {
	return { x: x - w / 2, y };
}

function outputPoint({ x, y, w, outputs }: PlacedNode, port: number): Point {
	return { x: x + w / 2, y: y + outputOffset(port, Math.max(outputs, 1)) };
}
