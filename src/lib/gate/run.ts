import type { Readable } from 'node:stream';
import { type Baseline, buildBaseline, pruneBaseline, renderBaseline } from '../lint/baseline.ts';
import type { Confidence } from '../lint/finding.ts';
import { buildGateReport, type GateInput, type GateOptions, type GateResult, judgeInputs } from '../lint/gate.ts';
import type { Thresholds } from '../lint/outcome.ts';
import type { DevSource } from '../node-red/dev-source.ts';
import type { SnapshotStore } from '../snapshot/store.ts';
import { baselineNames, readBaseline, writeOutput } from './files.ts';
import { readInputs } from './inputs.ts';

export interface GateRequest extends GateOptions, Thresholds {
	/** Files, folders, patterns and `-`; with none and no snapshot, the dev Node-RED is meant. */
	names: readonly string[];
	/** A stored snapshot's id. */
	snapshot: string | undefined;
	/** A snapshot's id or a commit: only what is news since then is reported. */
	since: string | undefined;
	baseline: { path: string; action: 'check' | 'update' | 'prune' } | undefined;
	minConfidence: Confidence;
	/** Where the command was given, and what patterns of the settings are relative to; both absolute. */
	folder: string;
	settingsFolder: string;
	stdin: Readable;
	env: Readonly<Record<string, string | undefined>>;
	/** Asked only when they are needed: they need the whole configuration. */
	openDev(): Promise<DevSource>;
	openSnapshots(): Promise<SnapshotStore>;
}

export interface GateRun extends GateResult {
	inputs: readonly GateInput[];
	/** What a person should know, as sentences. */
	notes: string[];
}

/** The lint as a gate: reads what is to be judged, judges it, and holds it against a baseline. @throws FlowferryError */
export async function runGate(request: GateRequest): Promise<GateRun> {
	const { inputs: read, notes } = await gather(request);
	const inputs = request.since === undefined ? read : await withEarlier(read, request.since, request);
	const judged = judgeInputs(inputs, request);
	const { baseline: wanted } = request;
	if (!wanted) return { ...buildGateReport(judged, request, { ...request, baseline: null }), inputs, notes };

	const names = baselineNames(
		wanted.path,
		request.folder,
		inputs.map(({ file }) => file),
	);
	const report = (content: Baseline) => buildGateReport(judged, request, { ...request, baseline: { content, ...names } });
	if (wanted.action === 'update') {
		const all = judged.flatMap(({ findings }) => findings);
		const content = buildBaseline(request.mode, all, names.nameFile);
		await writeOutput(wanted.path, renderBaseline(await keepOthers(content)));
		return { ...report(content), inputs, notes: [...notes, `${wanted.path} holds the ${content.entries.length} findings of now`] };
	}
	const content = await readBaseline(wanted.path, request.mode);
	const { stale } = report(content).report;
	if (wanted.action === 'check' || stale.length === 0) return { ...report(content), inputs, notes };
	const pruned = pruneBaseline(content, stale);
	await writeOutput(wanted.path, renderBaseline(pruned));
	const note = `${stale.length} stale ${stale.length === 1 ? 'entry was' : 'entries were'} taken out of ${wanted.path}`;
	return { ...report(pruned), inputs, notes: [...notes, note] };

	/** Entries of files that are not judged now stay as they are. */
	async function keepOthers(content: Baseline): Promise<Baseline> {
		const before = await readBaseline((wanted as { path: string }).path, request.mode).catch(ifMissing);
		const others = before?.entries.filter(({ file }) => !names.judged(file)) ?? [];
		return { ...content, entries: [...content.entries, ...others] };
	}
}

async function gather(request: GateRequest): Promise<{ inputs: GateInput[]; notes: string[] }> {
	if (request.snapshot !== undefined) {
		const [snapshots, { snapshotInput }] = [await request.openSnapshots(), await import('./dev-input.ts')];
		return { inputs: [snapshotInput(await snapshots.get(request.snapshot))], notes: [] };
	}
	const setting = { ...request, ignoresFile: (path: string) => request.settings.ignoresFile(path) };
	if (request.names.length === 0) {
		const { readDevInput } = await import('./dev-input.ts');
		const { input, warnings } = await readDevInput(await request.openDev(), setting);
		return { inputs: [input], notes: warnings };
	}
	const { inputs, ignored } = await readInputs(request.names, setting);
	return { inputs, notes: ignored.map((file) => `${file} is not judged: lint.ignore of the configuration names it`) };
}

/** Loads git's library, which most runs do not need. */
async function withEarlier(inputs: readonly GateInput[], since: string, request: GateRequest): Promise<GateInput[]> {
	const { addEarlier } = await import('./earlier.ts');
	return await addEarlier(inputs, since, { ...request, findSnapshot: (id) => find(request, id) });
}

async function find(request: GateRequest, id: string) {
	try {
		return await (await request.openSnapshots()).get(id);
	} catch (error) {
		// Hexadecimal digits may as well be a commit's, in a checkout that has no store or lacks the dev Node-RED's secrets.
		if (isFault(error, 'SNAPSHOT_UNKNOWN', 'CONFIG_MISSING', 'CONFIG_INVALID')) return undefined;
		throw error;
	}
}

function ifMissing(error: unknown): undefined {
	if (!isFault(error, 'BASELINE_MISSING')) throw error;
}

function isFault(error: unknown, ...codes: string[]): boolean {
	return codes.includes((error as { code?: string }).code ?? '');
}
