import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from './chromium.ts';

/** What Node-RED's own editor draws of a flow, by node id, in numbers. */
export interface EditorDrawing {
	nodes: Record<string, EditorNode>;
	/** The wires' paths. */
	wires: string[];
	/** `x y width height` of each group. */
	groups: string[];
}

export interface EditorNode {
	place: string;
	width: string;
	height: string;
	colour: string;
	label: string;
	inputs: number;
	outputs: number;
}

/** Opens the editor and waits until it has its flows. */
export async function openEditor(page: Page, url: string): Promise<void> {
	await page.open(url);
	await until(page, `window.RED?.nodes?.getWorkspaceOrder?.().length > 0`);
	await until(page, `document.querySelectorAll('#red-ui-workspace-chart svg .red-ui-flow-node-group').length > 0`);
}

/** @param flow a tab or a subflow @param firstNode a node in it, which tells that it is shown */
export async function readEditorDrawing(page: Page, flow: string, firstNode: string): Promise<EditorDrawing> {
	await page.evaluate(`RED.workspaces.show(${JSON.stringify(flow)})`);
	await until(page, `document.getElementById(${JSON.stringify(firstNode)}) !== null`);
	// The editor draws in animation frames: two of them, and what they show is whole.
	return page.evaluate<EditorDrawing>(`new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
		const all = (selector, root = document.querySelector('#red-ui-workspace-chart svg')) => [...root.querySelectorAll(selector)];
		const colour = (text) => {
			const context = document.createElement('canvas').getContext('2d');
			context.fillStyle = text;
			return context.fillStyle;
		};
		resolve({
			nodes: Object.fromEntries(all('.red-ui-flow-node-group').map((node) => {
				const body = node.querySelector('rect.red-ui-flow-node');
				return [node.id, {
					place: node.getAttribute('transform').replace(',', ' '),
					width: body.getAttribute('width'),
					height: body.getAttribute('height'),
					colour: colour(body.getAttribute('fill')),
					label: all('.red-ui-flow-node-label:not(.hide) .red-ui-flow-node-label-text', node).map((line) => line.textContent.replaceAll('\\t', ' ')).join('|'),
					inputs: all('.red-ui-flow-port-input', node).length,
					outputs: all('.red-ui-flow-port-output', node).length,
				}];
			})),
			wires: all('.red-ui-flow-link-line').map((path) => path.getAttribute('d')),
			groups: all('.red-ui-flow-group-body').map((body) => [
				...body.parentElement.getAttribute('transform').match(/-?[\\d.]+/g), body.getAttribute('width'), body.getAttribute('height'),
			].join(' ')),
		});
	})))`);
}

async function until(page: Page, condition: string): Promise<void> {
	for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(50)) {
		if (await page.evaluate<boolean>(`Boolean(${condition})`)) return;
	}
	throw new Error(`the editor never came to: ${condition}`);
}
