import type { GlyphName } from './glyphs.ts';

/** How the editor shows a type of node. Facts of `@node-red/nodes` 5.0; its 4.1 has the same. */
export interface NodeLook {
	colour: string;
	inputs: number;
	/** What a node has that does not say otherwise in its own `outputs`. */
	outputs: number;
	glyph: GlyphName;
	/** The icon stands at the right end. */
	right?: boolean;
	/** The button beside it. */
	button?: 'left' | 'right';
}

const blue = '#a6bbcf';
const grey = '#dddddd';
const yellow = '#e2d96e';
const ochre = '#debd5c';
const olive = '#e7e7ae';
const sage = '#d7d7a0';
const silver = '#c0c0c0';
const thistle = '#d8bfd8';
const violet = '#e6e0f8';
const wood = '#deb887';

const source = (colour: string, glyph: GlyphName): NodeLook => ({ colour, glyph, inputs: 0, outputs: 1 });
const through = (colour: string, glyph: GlyphName, outputs = 1): NodeLook => ({ colour, glyph, inputs: 1, outputs });
const sink = (colour: string, glyph: GlyphName): NodeLook => ({ colour, glyph, inputs: 1, outputs: 0, right: true });

const coreLooks = new Map<string, NodeLook>(
	Object.entries<NodeLook>({
		inject: { ...source(blue, 'inject'), button: 'left' },
		debug: { ...sink('#87a980', 'debug'), button: 'right' },
		complete: source('#c0edc0', 'alert'),
		catch: source('#e49191', 'alert'),
		status: source('#94c1d0', 'heartbeat'),
		'link in': source(grey, 'link'),
		'link call': through(grey, 'link-call'),
		'link out': sink(grey, 'link'),
		comment: { colour: '#ffffff', glyph: 'comment', inputs: 0, outputs: 0 },
		function: through('#fdd0a2', 'function'),
		switch: through(yellow, 'switch'),
		change: through(yellow, 'change'),
		range: through(yellow, 'range'),
		template: through('#f3b567', 'template'),
		delay: through(violet, 'clock'),
		trigger: through(violet, 'pulse'),
		exec: through('#e9967a', 'cog', 3),
		rbe: through(yellow, 'step'),
		'mqtt in': source(thistle, 'waves'),
		'mqtt out': sink(thistle, 'waves'),
		'http in': source(olive, 'globe'),
		'http response': sink(olive, 'globe'),
		'http request': through(olive, 'globe'),
		'websocket in': source(sage, 'globe'),
		'websocket out': sink(sage, 'globe'),
		'tcp in': source(silver, 'waves'),
		'tcp out': sink(silver, 'waves'),
		'tcp request': through(silver, 'waves'),
		'udp in': source(silver, 'waves'),
		'udp out': sink(silver, 'waves'),
		csv: through(ochre, 'page-csv'),
		html: through(ochre, 'page-tag'),
		json: through(ochre, 'page-json'),
		xml: through(ochre, 'page-tag'),
		yaml: through(ochre, 'page-yaml'),
		split: through(yellow, 'split'),
		join: through(yellow, 'join'),
		sort: through(yellow, 'sort'),
		batch: through(yellow, 'batch'),
		file: through(wood, 'page'),
		'file in': through(wood, 'page'),
		watch: source(wood, 'eye'),
	}),
);

/** Types whose nodes say themselves how many ports they have. */
export const variableOutputs: ReadonlySet<string> = new Set(['function', 'switch', 'delay', 'trigger']);
export const variableInputs: ReadonlySet<string> = new Set(['mqtt in']);

/** Undefined for types that Node-RED does not bring itself. */
export function coreLook(type: string): NodeLook | undefined {
	return coreLooks.get(type);
}

export const contributedLook = { colour: '#d3d6da', glyph: 'box' } as const;
export const subflowLook = { colour: '#ddaa99', glyph: 'subflow' } as const;
export const configLook = { colour: '#f0f0f0', glyph: 'config' } as const;
