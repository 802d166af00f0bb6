import type { NodeKnowledge } from './catalogue/knowledge.ts';

/** A module that brings node types, as far as is known what a production would install. */
export interface PaletteModule {
	/** npm name. */
	name: string;
	/** As it is asked for: `5.43.0`, `^5.0.0`, `latest`, an address. */
	wanted: string;
	/** The node types that it brings; null where nothing tells them. */
	types: readonly string[] | null;
}

/** The modules that stand beside flows. The core is none of them. */
export interface Palette {
	/** How messages name it: `package.json`, `the snapshot`. */
	origin: string;
	modules: readonly PaletteModule[];
	/** A lockfile says which version each range stands for. */
	isLocked: boolean;
}

/** The core's name, as the catalogue has it. */
const core = 'node-red';

/** Whether a palette has a node type. `unsure`: a module of it might, or another module than the one that is known for the type. */
export function findType(palette: Palette, type: string, known: NodeKnowledge | undefined): 'there' | 'missing' | 'unsure' {
	if (known?.module === core || palette.modules.some(({ types }) => types?.includes(type))) return 'there';
	if (moduleOfType(palette, type, known)) return 'there';
	return palette.modules.some(({ types }) => types === null) ? 'unsure' : 'missing';
}

/** The module of a palette that brings a type. Entries of the catalogue that are for many modules name none. */
export function moduleOfType({ modules }: Palette, type: string, known: NodeKnowledge | undefined): PaletteModule | undefined {
	return modules.find(({ types }) => types?.includes(type)) ?? modules.find(({ name, types }) => types === null && name === known?.module);
}

/** How far a version is left open: `bounded` by a range, or not at all. */
export function opennessOf(wanted: string): 'exact' | 'bounded' | 'open' {
	const text = wanted.trim();
	if (/^[=v]?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(text)) return 'exact';
	// An address of git that names a commit is as exact as a version.
	if (/#[0-9a-f]{40}$/i.test(text)) return 'exact';
	return /^[~^]?\d+(?:\.(?:\d+|x|\*)){0,2}(?:[-+][0-9A-Za-z.+-]+)?$/.test(text) ? 'bounded' : 'open';
}
