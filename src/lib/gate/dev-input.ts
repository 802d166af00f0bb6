import { join } from 'node:path';
import type { GateInput } from '../lint/gate.ts';
import type { DevSource } from '../node-red/dev-source.ts';
import { readIfThere } from '../node-red/read-json.ts';
import { captureFlows } from '../snapshot/capture.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { shortId } from '../snapshot/snapshot.ts';
import { type InputSetting, namePaths } from './inputs.ts';

/** The dev Node-RED's flows; of a user directory with the file that they are in. @throws as `captureFlows` */
export async function readDevInput(dev: DevSource, setting: InputSetting): Promise<{ input: GateInput; warnings: string[] }> {
	const { flows, source, warnings } = await captureFlows(dev);
	if (source.kind === 'admin-api') {
		return { input: { origin: source.url, file: null, settingsPath: null, text: null, flows, earlier: null }, warnings };
	}
	const path = join(source.path, source.flowFile);
	const named = namePaths(path, setting);
	return { input: { ...named, origin: named.file, text: (await readIfThere(path)) ?? null, flows, earlier: null }, warnings };
}

export function snapshotInput({ id, content }: Snapshot): GateInput {
	return { origin: `snapshot ${shortId(id)}`, file: null, settingsPath: null, text: null, flows: content.flows, earlier: null };
}
