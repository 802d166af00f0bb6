import { colourOr, opacityOr } from './colour.ts';
import { drawNode } from './draw-node.ts';
import type { Dress } from './dress.ts';
import { escapeHtml, pixels, textOf } from './escape.ts';
import { GRID } from './geometry.ts';
import type { GroupBox, Scene, SubflowPort, Wire } from './scene.ts';
import { wirePath } from './wire-path.ts';

/**
 * The SVG of a flow, in the editor's order from back to front: grid, groups, wires, junctions, nodes.
 * @param number of the drawing on its page
 */
export function drawScene(scene: Scene, title: string, number: number, dress: Dress): string {
	const { bounds, nodes, junctions, ports, wires, groups, parked, disabled } = scene;
	const box = [bounds.x, bounds.y, bounds.w, bounds.h].map(pixels);
	// Wider than the drawing: the page gives it all the room that there is.
	const frame = `x="${box[0]}" y="${box[1]}" width="${pixels(bounds.w + 4000)}" height="${box[3]}"`;
	return [
		`<svg class="drawing${disabled ? ' disabled' : ''}" role="group" aria-label="${escapeHtml(`Drawing of ${title}`)}" viewBox="${box.join(' ')}" width="${box[2]}" height="${box[3]}" preserveAspectRatio="xMinYMin">`,
		`<defs><pattern id="grid-${number}" width="${GRID}" height="${GRID}" patternUnits="userSpaceOnUse"><path class="grid" d="M0 .5H${GRID}M.5 0V${GRID}"/></pattern></defs>`,
		`<rect class="canvas" ${frame}/><rect ${frame} fill="url(#grid-${number})"/>`,
		...groups.map((group) => drawGroup(group, dress)),
		`<g class="wires">${wires.map((wire) => drawWire(wire, dress)).join('')}</g>`,
		...junctions.map((junction) => drawNode(junction, dress)),
		...ports.map(drawSubflowPort),
		...nodes.map((node) => drawNode(node, dress)),
		parked.length === 0 ? '' : drawParked(scene, dress),
		'</svg>',
	].join('');
}

function drawGroup({ group, lines, x, y, w, h }: GroupBox, dress: Dress): string {
	const style = Object(group.style);
	const mark = dress.marks.get(group.id);
	const paint = [
		['fill', colourOr(style.fill, undefined)],
		['fill-opacity', opacityOr(style['fill-opacity'], undefined)],
		['stroke', colourOr(style.stroke, undefined)],
		['stroke-opacity', opacityOr(style['stroke-opacity'], undefined)],
	] as const;
	const attributes = paint.flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escapeHtml(String(value))}"`])).join('');
	const classes = `group${mark ? ` marked ${mark.tone}` : ''}`;
	return `<g id="${dress.anchorOf(group.id)}" class="${classes}" transform="translate(${pixels(x)} ${pixels(y)})"><rect class="area" width="${pixels(w)}" height="${pixels(h)}" rx="4"${attributes}/>${drawGroupLabel(lines, w, h, style)}</g>`;
}

function drawGroupLabel(lines: readonly string[], w: number, h: number, style: Record<string, unknown>): string {
	const position = textOf(style['label-position']) || 'nw';
	const top = position.startsWith('s') ? h - 5 - (lines.length - 1) * 16 : 15;
	const [x, anchor] = position.endsWith('w') ? [5, 'start'] : position.endsWith('e') ? [w - 5, 'end'] : [w / 2, 'middle'];
	const colour = colourOr(style.color, undefined);
	const fill = colour === undefined ? '' : ` fill="${escapeHtml(colour)}"`;
	return lines
		.map(
			(line, index) =>
				`<text class="group-label" x="${pixels(x)}" y="${pixels(top + index * 16)}" text-anchor="${anchor}"${fill}>${escapeHtml(line)}</text>`,
		)
		.join('');
}

function drawWire({ key, from, to, disabled }: Wire, { wireClasses }: Dress): string {
	const classes = [disabled && 'disabled', wireClasses?.get(key)].filter(Boolean).join(' ');
	return `<path${classes === '' ? '' : ` class="${classes}"`} d="${wirePath(from, to)}"/>`;
}

function drawSubflowPort({ kind, index, x, y, label }: SubflowPort): string {
	const text =
		kind === 'output'
			? `<text class="port-label" x="20" y="15">output</text><text class="port-number" x="20" y="31">${index + 1}</text>`
			: `<text class="port-label" x="20" y="23">${kind}</text>`;
	const title = label === '' ? '' : `<title>${escapeHtml(label)}</title>`;
	return `<g class="subflow-port" transform="translate(${pixels(x - 20)} ${pixels(y - 20)})">${title}<rect class="square" width="40" height="40" rx="8"/>${text}<rect class="port" x="${kind === 'input' ? 35 : -5}" y="15" width="10" height="10" rx="3"/></g>`;
}

function drawParked({ kind, parked, parkedTop, bounds }: Scene, dress: Dress): string {
	const head =
		kind === 'config'
			? ''
			: `<text class="parked-head" x="${pixels(bounds.x + 30)}" y="${pixels(parkedTop + 26)}">Config nodes, and nodes without a place in the editor</text>`;
	const rule = kind === 'config' ? '' : `<path class="parked-rule" d="M${pixels(bounds.x)} ${pixels(parkedTop)}h${pixels(bounds.w)}"/>`;
	return `<g class="parked">${rule}${head}${parked.map((node) => drawNode(node, dress)).join('')}</g>`;
}
