import type { Dress, Mark } from './dress.ts';
import { escapeHtml, pixels, shorten, textOf } from './escape.ts';
import { LINE_HEIGHT, NODE_HEIGHT, outputOffset, PORT } from './geometry.ts';
import type { PlacedNode } from './scene.ts';

const ICON_WIDTH = 30;
/** From the node's edge to its label, past the icon. */
const LABEL_START = 38;
const LONGEST_TITLE = 300;

/** A node as the editor draws it, with what the page adds: a halo and a badge where it is marked. */
export function drawNode(placed: PlacedNode, dress: Dress): string {
	const { node, kind, x, y, w, h } = placed;
	const mark = dress.marks.get(node.id);
	const parts = kind === 'junction' ? [drawPort(-PORT / 2, -PORT / 2)] : drawBody(placed);
	if (mark) parts.unshift(drawHalo(kind === 'junction' ? { x: -PORT / 2, y: -PORT / 2, w: PORT, h: PORT } : { x: 0, y: 0, w, h }));
	if (mark) parts.push(drawBadge(mark, kind === 'junction' ? 5 : w, kind === 'junction' ? -5 : 0));
	const classes = ['node', kind, placed.disabled && 'disabled', mark && `marked ${mark.tone}`].filter(Boolean).join(' ');
	const place = `translate(${pixels(x - w / 2)} ${pixels(y - h / 2)})`;
	return `<g id="${dress.anchorOf(node.id)}" class="${classes}" transform="${place}" data-id="${escapeHtml(shorten(node.id, 100))}"${describe(placed, mark)}>${drawTitle(placed)}${parts.join('')}</g>`;
}

function drawBody(placed: PlacedNode): string[] {
	const { w, h, look, inputs, outputs, hideLabel } = placed;
	const parts = [
		drawButton(placed),
		`<rect class="body" width="${w}" height="${h}" rx="5" fill="${escapeHtml(look.colour)}"/>`,
		drawIcon(placed),
		hideLabel ? '' : drawLabel(placed),
		inputs > 0 ? drawPort(-PORT / 2, h / 2 - PORT / 2) : '',
	];
	for (let port = 0; port < outputs; port++) parts.push(drawPort(w - PORT / 2, h / 2 + outputOffset(port, outputs) - PORT / 2));
	return parts;
}

function drawPort(x: number, y: number): string {
	return `<rect class="port" x="${pixels(x)}" y="${pixels(y)}" width="${PORT}" height="${PORT}" rx="3"/>`;
}

function drawIcon({ w, h, look, hideLabel, iconRight }: PlacedNode): string {
	const left = iconRight && !hideLabel ? w - ICON_WIDTH : 0;
	const picture = `<use href="#glyph-${look.glyph}" x="${left}" y="${pixels((h - ICON_WIDTH) / 2)}" width="${ICON_WIDTH}" height="${ICON_WIDTH}"/>`;
	return `<path class="shade" d="${shade(left, h, hideLabel, iconRight)}"/>${picture}${hideLabel ? '' : edge(iconRight ? left + 0.5 : ICON_WIDTH - 0.5, h)}`;
}

/** Round where the node is, straight towards the label. */
function shade(left: number, h: number, alone: boolean, right: boolean): string {
	const r = 5;
	const leftSide = alone || !right ? `v${h - 2 * r}a${r} ${r} 0 0 1-${r}-${r}` : '';
	if (alone) return `M${r} 0h20a5 5 0 0 1 5 5v${h - 10}a5 5 0 0 1-5 5h-20a5 5 0 0 1-5-5v-${h - 10}a5 5 0 0 1 5-5z`;
	return leftSide === ''
		? `M${left} 0h25a5 5 0 0 1 5 5v${h - 10}a5 5 0 0 1-5 5h-25z`
		: `M5 0h25v${h}h-25a5 5 0 0 1-5-5v-${h - 10}a5 5 0 0 1 5-5z`;
}

function edge(x: number, h: number): string {
	return `<path class="edge" d="M${pixels(x)} .5v${h - 1}"/>`;
}

function drawLabel({ w, h, lines, named, iconRight }: PlacedNode): string {
	const x = iconRight ? w - LABEL_START : LABEL_START;
	const top = h / 2 - (lines.length / 2) * LINE_HEIGHT + 13;
	return lines
		.map((line, index) => {
			const classes = ['label', named && 'named', iconRight && 'end'].filter(Boolean).join(' ');
			return `<text class="${classes}" x="${x}" y="${pixels(top + index * LINE_HEIGHT)}">${escapeHtml(line)}</text>`;
		})
		.join('');
}

/** The inject node's button at its left, and the debug node's at its right, drawn in where it is off. */
function drawButton({ node, w, look }: PlacedNode): string {
	if (look.button === undefined) return '';
	const off = look.button === 'right' && node.active === false;
	const x = look.button === 'left' ? -26 : w - 6 - (off ? 8 : 0);
	const inner = look.button === 'left' ? 5 : 11;
	return `<g class="button${off ? ' off' : ''}" transform="translate(${x} 2)"><rect width="32" height="${NODE_HEIGHT - 4}" rx="5"/><rect class="inner" x="${inner}" y="4" width="16" height="${NODE_HEIGHT - 12}" rx="4" fill="${escapeHtml(look.colour)}"/></g>`;
}

function drawHalo({ x, y, w, h }: { x: number; y: number; w: number; h: number }): string {
	return `<rect class="halo" x="${x - 5}" y="${y - 5}" width="${w + 10}" height="${h + 10}" rx="9"/>`;
}

function drawBadge({ badge }: Mark, x: number, y: number): string {
	const width = 12 + 6 * badge.length;
	return `<g class="badge" transform="translate(${pixels(x - width / 2 + 3)} ${pixels(y - 12)})"><rect width="${width}" height="18" rx="9"/><text x="${width / 2}" y="13">${escapeHtml(badge)}</text></g>`;
}

function describe({ node }: PlacedNode, mark: Mark | undefined): string {
	if (!mark) return '';
	return ` tabindex="0" role="button" aria-label="${escapeHtml(`${nameOf(node)}: ${mark.says}`)}"`;
}

function drawTitle({ node, disabled }: PlacedNode): string {
	return `<title>${escapeHtml(`${nameOf(node)}${disabled ? ', disabled' : ''}`)}</title>`;
}

function nameOf(node: PlacedNode['node']): string {
	const name = textOf(node.name);
	return shorten(name === '' ? node.type : `${node.type} “${name}”`, LONGEST_TITLE);
}
