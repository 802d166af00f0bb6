import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { parseFlows } from '../flows/parse.ts';
import { readSettingsText } from '../flows/settings-text.ts';
import type { SnapshotSource, SourceRuntime } from '../snapshot/snapshot.ts';
import type { DevFlows, DevSource } from './dev-source.ts';
import type { FlowFile } from './flow-file.ts';
import { findFlowFile } from './flow-file.ts';
import { missingLibraries } from './palette.ts';
import { readIfThere } from './read-json.ts';
import { factsOfSettings } from './settings-facts.ts';
import { readStoredCredentials } from './stored-credentials.ts';
import { readUserDirRuntime } from './user-dir.ts';

export interface UserDirPlace {
	userDir: string;
	/** Default: found as Node-RED finds it. */
	flowFile?: string | undefined;
	credentialSecret?: string | undefined;
}

/** The user directory of a dev Node-RED, whether it runs or not. */
export function userDirSource({ userDir, flowFile: configured, credentialSecret }: UserDirPlace): DevSource {
	const read = async (): Promise<{ file: FlowFile; flows: DevFlows }> => {
		const file = await findFlowFile(userDir, configured, hostname());
		const source: SnapshotSource = { kind: 'user-dir', path: userDir, flowFile: relative(userDir, file.path) };
		const nodes = parseFlows(await readFile(file.path, 'utf8'), file.path);
		return { file, flows: { nodes, source, palette: null, warnings: file.warnings } };
	};
	return {
		flows: async () => (await read()).flows,
		state: async () => {
			const { file, flows } = await read();
			const { palette, version, warnings } = await readUserDirRuntime(userDir, file.project?.folder);
			const unknown = missingLibraries(flows.nodes, palette).map(
				(library) => `The function node ${library.nodeId} loads the npm module ${library.name}, which is not installed in ${userDir}`,
			);
			return {
				...flows,
				palette,
				nodeRedVersion: version,
				runtime: await readRuntime(userDir),
				storedCredentials: () => readStoredCredentials(userDir, file, credentialSecret),
				warnings: [...flows.warnings, ...warnings, ...unknown],
			};
		},
	};
}

/** The folder does not tell which Node.js runs there. */
async function readRuntime(userDir: string): Promise<SourceRuntime> {
	const settings = readSettingsText((await readIfThere(join(userDir, 'settings.js'))) ?? '');
	return { node: null, settings: settings && factsOfSettings(settings) };
}
