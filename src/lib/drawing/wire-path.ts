import { pixels } from './escape.ts';
import { NODE_HEIGHT, NODE_WIDTH } from './geometry.ts';

export interface Point {
	x: number;
	y: number;
}

/** How far a curve leaves its port, in widths of a node, when there is room. */
const REACH = 0.75;
/** Ends this close in height would make a curve back run through the nodes: it goes round below them instead. */
const LEVEL = 10;

/**
 * The path of a wire from an output to an input, as the editor bends it (`generateLinkPath` of Node-RED's view): one curve
 * to the right; for an input that lies to the left, out, back between the two heights, and in.
 */
export function wirePath(from: Point, to: Point): string {
	if (to.x > from.x) return forward(from, to);
	return Math.abs(to.y - from.y) < LEVEL ? aroundBelow(from, to) : backBetween(from, to);
}

function forward(from: Point, to: Point): string {
	const distance = Math.hypot(to.x - from.x, to.y - from.y);
	const reach = REACH * Math.min(NODE_WIDTH, distance);
	return `M${at(from)}C${pixels(from.x + reach)} ${pixels(from.y)} ${pixels(to.x - reach)} ${pixels(to.y)} ${at(to)}`;
}

function aroundBelow(from: Point, to: Point): string {
	const floor = Math.max(from.y, to.y) + 25;
	return [
		`M${at(from)}`,
		corner(from.x + 15, from.y, from.x + 25, from.y + 5, from.x + 25, (from.y + floor) / 2),
		corner(from.x + 25, floor - 5, from.x + 15, floor, from.x, floor),
		`H${pixels(to.x)}`,
		corner(to.x - 15, floor, to.x - 25, floor - 5, to.x - 25, (floor + to.y) / 2),
		corner(to.x - 25, to.y + 5, to.x - 15, to.y, to.x, to.y),
	].join('');
}

function backBetween(from: Point, to: Point): string {
	const across = Math.abs(to.x - from.x);
	const rise = to.y - from.y;
	const down = rise > 0 ? 1 : -1;
	const reach = NODE_WIDTH * (0.4 - 0.2 * Math.max(0, (NODE_WIDTH - Math.min(across, Math.abs(rise))) / NODE_WIDTH));
	const bow = NODE_HEIGHT / 2;
	const middle = { x: Math.floor((from.x + to.x) / 2), y: Math.floor((from.y + to.y) / 2) };
	const quarter = (to.y + middle.y) / 2;
	// The nearer to its own end, in the direction of the rise.
	const nearer = (a: number, b: number) => (down > 0 ? Math.min(a, b) : Math.max(a, b));
	const farther = (a: number, b: number) => (down > 0 ? Math.max(a, b) : Math.min(a, b));
	const out = { x: from.x + reach, y: nearer(quarter - rise / 2, from.y + down * bow) };
	const back = { x: to.x - reach, y: farther(quarter, to.y - down * bow) };

	const leave = { x: (from.x + out.x) / 2, y: farther(from.y, out.y - down * bow) };
	const turn = { x: leave.x, y: nearer(middle.y, out.y + down * bow) };
	const enter = { x: back.x, y: farther(middle.y, back.y - down * bow) };
	if (turn.y === out.y + down * bow) {
		if (Math.abs(rise) < bow * 10) {
			leave.y = out.y - (down * bow) / 2;
			enter.y = back.y - (down * bow) / 2;
		}
		turn.x = out.x;
	}
	const last = { x: (to.x + back.x) / 2, y: to.y };
	return `M${at(from)}C${pixels(leave.x)} ${pixels(from.y)} ${pixels(out.x)} ${pixels(leave.y)} ${at(out)}S${at(turn)} ${at(middle)}S${at(enter)} ${at(back)}S${at(last)} ${at(to)}`;
}

function corner(...numbers: number[]): string {
	return `C${numbers.map(pixels).join(' ')}`;
}

function at(point: Point): string {
	return `${pixels(point.x)} ${pixels(point.y)}`;
}
