import { FlowferryError } from '../errors/flowferry-error.ts';
import { type Mode, modes } from '../flows/mode.ts';
import { type Severity, severities } from './finding.ts';
import type { BaselineEntry, PlacedFinding } from './placed.ts';

/** The content of a baseline file. */
export interface Baseline {
	version: 1;
	mode: Mode;
	entries: BaselineEntry[];
}

export interface BaselineResult {
	/** Findings that the baseline does not cover. */
	fresh: PlacedFinding[];
	covered: PlacedFinding[];
	/** Entries that cover nothing any more. */
	stale: BaselineEntry[];
}

/** How a baseline names a finding's file. */
type NameFile = (file: string | null) => string | null;

/** @param judged the files, as the baseline names them, that were judged or are gone: entries of other files are left alone */
export function applyBaseline(
	{ entries }: Baseline,
	findings: readonly PlacedFinding[],
	nameFile: NameFile,
	judged: (file: string | null) => boolean,
): BaselineResult {
	const byKey = new Map(entries.map((entry) => [keyOf(entry), entry]));
	const used = new Set<BaselineEntry>();
	const covers = (finding: PlacedFinding): boolean => {
		const entry = byKey.get(keyOf({ ...finding, file: nameFile(finding.file) }));
		if (!entry || severities.indexOf(finding.severity) < severities.indexOf(entry.severity)) return false;
		used.add(entry);
		return true;
	};
	const { covered = [], fresh = [] } = Object.groupBy(findings, (finding) => (covers(finding) ? 'covered' : 'fresh'));
	return { fresh, covered, stale: entries.filter((entry) => !used.has(entry) && judged(entry.file)) };
}

/** A baseline of these findings. Several of one rule at one node are one entry, of the gravest. */
export function buildBaseline(mode: Mode, findings: readonly PlacedFinding[], nameFile: NameFile): Baseline {
	const byKey = new Map<string, BaselineEntry>();
	for (const { file, rule, nodeId, severity, fingerprint } of findings) {
		const entry = { file: nameFile(file), rule, nodeId, severity, fingerprint };
		const known = byKey.get(keyOf(entry));
		if (!known || severities.indexOf(severity) < severities.indexOf(known.severity)) byKey.set(keyOf(entry), entry);
	}
	return { version: 1, mode, entries: [...byKey.values()] };
}

/** The same without some entries. */
export function pruneBaseline(baseline: Baseline, stale: readonly BaselineEntry[]): Baseline {
	return { ...baseline, entries: baseline.entries.filter((entry) => !stale.includes(entry)) };
}

/** `lint-baseline.json: no finding of long-delay at 8f1c in flows.json any more`. */
export function describeStale({ rule, nodeId, file }: BaselineEntry, path: string): string {
	return `${path}: no finding of ${rule} at ${nodeId}${file === null ? '' : ` in ${file}`} any more, as the entry has it`;
}

/** One entry to a line, in a fixed order, so that changes read well in a diff. */
export function renderBaseline({ version, mode, entries }: Baseline): string {
	const lines = entries.map((entry) => ({ key: keyOf(entry), line: `\t\t${JSON.stringify(entry)}` }));
	lines.sort((a, b) => Number(a.key > b.key) - Number(a.key < b.key));
	const list = lines.length === 0 ? '[]' : `[\n${lines.map(({ line }) => line).join(',\n')}\n\t]`;
	return `{\n\t"version": ${version},\n\t"mode": ${JSON.stringify(mode)},\n\t"entries": ${list}\n}\n`;
}

/** @param path names the file in errors; @throws FlowferryError BASELINE_INVALID, BASELINE_OTHER_MODE */
export function parseBaseline(text: string, path: string, mode: Mode): Baseline {
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch {
		throw invalid(path, 'is not JSON');
	}
	const { version, mode: found, entries } = (content ?? {}) as Record<string, unknown>;
	if (version !== 1) throw invalid(path, 'is no baseline of version 1');
	if (!modes.includes(found as Mode)) throw invalid(path, 'does not say the mode it is for');
	if (!Array.isArray(entries) || !entries.every(isEntry)) throw invalid(path, 'has entries that are none');
	if (found !== mode) {
		throw new FlowferryError({
			code: 'BASELINE_OTHER_MODE',
			message: `The baseline ${path} is for ${found}, and the flows are judged for ${mode}`,
			hint: `Judge for ${found} (--mode ${found}), or keep a baseline of its own for each mode.`,
		});
	}
	return { version: 1, mode, entries };
}

function isEntry(entry: unknown): entry is BaselineEntry {
	if (typeof entry !== 'object' || entry === null) return false;
	const { file, rule, nodeId, severity, fingerprint } = entry as Record<string, unknown>;
	const texts = [rule, nodeId, fingerprint].every((text) => typeof text === 'string');
	return texts && (file === null || typeof file === 'string') && severities.includes(severity as Severity);
}

function invalid(path: string, problem: string): FlowferryError {
	return new FlowferryError({
		code: 'BASELINE_INVALID',
		message: `The baseline ${path} ${problem}`,
		hint: 'Restore it from version control, or write it anew with --update-baseline.',
	});
}

function keyOf({ file, rule, nodeId, fingerprint }: Omit<BaselineEntry, 'severity'>): string {
	return JSON.stringify([file, nodeId, rule, fingerprint]);
}
