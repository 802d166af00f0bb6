import { resolve } from 'node:path';
import { readFileAtRef } from '../adapters/git-reader.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { FlowNode } from '../flows/node.ts';
import { parseFlows } from '../flows/parse.ts';
import type { GateInput } from '../lint/gate.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Where earlier flows can be found. */
export interface EarlierSetting {
	/** What the files of inputs are relative to. */
	folder: string;
	env: Readonly<Record<string, string | undefined>>;
	/** The stored snapshot of an id, or undefined where there is no such snapshot, or no store. */
	findSnapshot(id: string): Promise<Snapshot | undefined>;
}

/**
 * The inputs with their flows as they were at `since`: a snapshot's id, or anything that names a commit to git.
 * @throws FlowferryError SINCE_WITHOUT_FILE, GIT_REF_UNKNOWN, GIT_FAILED, GIT_MISSING, and what `parseFlows` throws
 */
export async function addEarlier(inputs: readonly GateInput[], since: string, setting: EarlierSetting): Promise<GateInput[]> {
	const snapshot = /^[0-9a-f]{7,64}$/i.test(since) ? await setting.findSnapshot(since) : undefined;
	if (snapshot) return inputs.map((input) => ({ ...input, earlier: snapshot.content.flows }));
	return await Promise.all(inputs.map(async (input) => ({ ...input, earlier: await flowsAt(input, since, setting) })));
}

async function flowsAt({ file, origin }: GateInput, ref: string, { folder, env }: EarlierSetting): Promise<FlowNode[]> {
	if (file === null) {
		throw new FlowferryError({
			code: 'SINCE_WITHOUT_FILE',
			message: `${origin} is no file that git could know, and no snapshot is called ${ref}`,
			hint: 'Give the id of a snapshot (`flowferry snapshot list`), or judge the flow file: flowferry lint flows.json --since …',
		});
	}
	const text = await readFileAtRef(resolve(folder, file), ref, env);
	return text === null ? [] : parseFlows(text, `${file} at ${ref}`);
}
