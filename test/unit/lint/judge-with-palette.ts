import type { Mode } from '../../../src/lib/flows/mode.ts';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { lint } from '../../../src/lib/lint/engine.ts';
import type { Finding } from '../../../src/lib/lint/finding.ts';
import type { Palette, PaletteModule } from '../../../src/lib/lint/palette.ts';
import type { Rule } from '../../../src/lib/lint/rule.ts';

export interface PaletteCase {
	name: string;
	flows: FlowNode[];
	palette: Palette | undefined;
	mode?: Mode;
}

/** `[name, wanted, types]` for each module. */
export function paletteOf(modules: [name: string, wanted: string, types: string[] | null][], isLocked = false): Palette {
	return { origin: 'package.json', isLocked, modules: modules.map(([name, wanted, types]): PaletteModule => ({ name, wanted, types })) };
}

export function judgeWith(rule: Rule, { flows, palette, mode = 'hot-spare' }: Omit<PaletteCase, 'name'>): Finding[] {
	return lint(flows, { mode, rules: [rule], ...(palette ? { palette } : {}) }).findings;
}
