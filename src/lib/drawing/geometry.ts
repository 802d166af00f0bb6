import { measureText } from './text-width.ts';

/** The editor's measures, in pixels (`RED.view` of Node-RED's editor-client). */
export const GRID = 20;
export const NODE_WIDTH = 100;
export const NODE_HEIGHT = 30;
export const PORT = 10;
export const LINE_HEIGHT = 24;
/** From one output to the next. */
const PORT_GAP = 13;
/** The least height that an output adds. */
const HEIGHT_PER_OUTPUT = 15;
/** What an icon and the space around the label take of a node's width. */
const BESIDE_LABEL = 50;
const INPUT_SPACE = 7;

/** The lines of a label: the editor breaks where the text holds a backslash, an n and a space; a doubled backslash keeps it. */
export function splitLabel(label: string): string[] {
	const lines: string[] = [];
	let kept = '';
	for (const part of label.split('\\n ')) {
		if (part.endsWith('\\') && kept === '') {
			kept = `${part.slice(0, -1)}\\n `;
			continue;
		}
		lines.push((kept + part).trim());
		kept = '';
	}
	if (kept !== '') lines.push(kept.trim());
	return lines;
}

export interface Size {
	w: number;
	h: number;
}

/** A node is as wide as its label needs, in whole steps of the grid, and as high as its lines and outputs need. */
export function nodeSize(lines: readonly string[], ports: { inputs: number; outputs: number }, hideLabel: boolean): Size {
	const outputsHeight = ports.outputs * HEIGHT_PER_OUTPUT;
	if (hideLabel) return { w: NODE_HEIGHT, h: Math.max(NODE_HEIGHT, outputsHeight) };
	const widest = Math.max(...lines.map((line) => measureText(line)));
	const needed = widest + BESIDE_LABEL + (ports.inputs > 0 ? INPUT_SPACE : 0);
	return {
		w: Math.max(NODE_WIDTH, GRID * Math.ceil(needed / GRID)),
		h: Math.max(NODE_HEIGHT, 6 + LINE_HEIGHT * lines.length, outputsHeight),
	};
}

/** How far below a node's middle an output port has its own. */
export function outputOffset(port: number, outputs: number): number {
	return PORT_GAP * (port - (outputs - 1) / 2);
}
