import { join } from 'node:path';
import type { FlowNode } from '../flows/node.ts';
import type { GateInput } from '../lint/gate.ts';
import type { Palette } from '../lint/palette.ts';
import type { DevSource } from '../node-red/dev-source.ts';
import { functionLibraries } from '../node-red/palette.ts';
import { readPaletteBeside } from '../node-red/palette-beside.ts';
import { readIfThere } from '../node-red/read-json.ts';
import { captureFlows } from '../snapshot/capture.ts';
import type { PaletteModule, Snapshot } from '../snapshot/snapshot.ts';
import { shortId } from '../snapshot/snapshot.ts';
import { type InputSetting, namePaths } from './inputs.ts';

/** The dev Node-RED's flows; of a user directory with the file that they are in. @throws as `captureFlows` */
export async function readDevInput(dev: DevSource, setting: InputSetting): Promise<{ input: GateInput; warnings: string[] }> {
	const { flows, source, palette: modules, warnings } = await captureFlows(dev);
	if (source.kind !== 'user-dir') {
		const palette = modules && paletteOf('the dev Node-RED', modules, flows);
		const origin = source.kind === 'admin-api' ? source.url : `${source.flowFile} at ${source.ref}`;
		return { input: { origin, file: null, settingsPath: null, text: null, flows, palette, earlier: null }, warnings };
	}
	const path = join(source.path, source.flowFile);
	const named = namePaths(path, setting);
	const [text, palette] = [(await readIfThere(path)) ?? null, await readPaletteBeside(path)];
	return { input: { ...named, origin: named.file, text, flows, palette, earlier: null }, warnings };
}

export function snapshotInput({ id, content }: Snapshot): GateInput {
	const { flows, palette } = content;
	const origin = `snapshot ${shortId(id)}`;
	return { origin, file: null, settingsPath: null, text: null, flows, palette: paletteOf('the snapshot', palette, flows), earlier: null };
}

/** A module without types is a library of function code, or one that Node-RED has not started with yet. */
function paletteOf(origin: string, modules: readonly PaletteModule[], flows: readonly FlowNode[]): Palette {
	const libraries = new Set(functionLibraries(flows).map(({ name }) => name));
	return {
		origin,
		modules: modules.map(({ name, version, types }) => ({
			name,
			wanted: version,
			types: types.length === 0 && !libraries.has(name) ? null : types,
		})),
		isLocked: true,
	};
}
