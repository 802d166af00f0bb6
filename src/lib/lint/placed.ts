import { createHash } from 'node:crypto';
import { canonicalJson } from '../flows/canonical.ts';
import type { FlowNode } from '../flows/node.ts';
import type { Place } from '../flows/places.ts';
import type { Finding, LintReport, RelatedNode, Severity } from './finding.ts';
import type { FlowVerdict } from './verdict.ts';

/** A finding, and where it stands in a file. */
export interface PlacedFinding extends Finding {
	/** As reports name it, with `/`; null where the flows come from no file. */
	file: string | null;
	/** Of the node's id, from 1; null where there is no text. */
	line: number | null;
	column: number | null;
	related?: (RelatedNode & Pick<PlacedFinding, 'line' | 'column'>)[];
	/** 16 hex digits of what the node does: another place on the canvas, name or wire leaves it as it is. */
	fingerprint: string;
}

/** What a run found at all its inputs: what every format is made from, and what `--format json` prints. */
export interface GateReport extends Omit<LintReport, 'findings' | 'verdicts'> {
	findings: PlacedFinding[];
	/** Of each flow of each input. They go by what the flows do: neither settings nor suppressions nor a baseline change them. */
	verdicts: (FlowVerdict & Pick<PlacedFinding, 'file'>)[];
	/** The files that were judged. */
	files: string[];
	/** Findings that were made and are not shown, by the reason. */
	omitted: { suppressed: number; baseline: number; unchanged: number; confidence: number };
	/** Entries of the baseline that cover nothing any more. */
	stale: BaselineEntry[];
	/** Why the run does not pass, as sentences without their full stop; empty: it passes. */
	failures: string[];
}

/** One finding that is known and accepted for now, as long as its node stays what it is and the finding gets no graver. */
export interface BaselineEntry {
	/** From the baseline's folder, with `/`; null where the flows came from no file. */
	file: string | null;
	rule: string;
	nodeId: string;
	severity: Severity;
	fingerprint: string;
}

/** Layout, names and descriptions; credentials, of which not even a hash shall leave. */
const NOT_FINGERPRINTED = new Set(['x', 'y', 'w', 'h', 'l', 'g', 'z', 'name', 'label', 'info', 'wires', 'credentials']);

export function placeFindings(
	findings: readonly Finding[],
	source: { file: string | null; flows: readonly FlowNode[]; places: () => ReadonlyMap<string, Place> },
): PlacedFinding[] {
	if (findings.length === 0) return [];
	const byId = new Map(source.flows.map((node) => [node.id, node]));
	const places = source.places();
	const fingerprints = new Map<string, string>();
	const fingerprintOf = (id: string): string => {
		const known = fingerprints.get(id) ?? fingerprint(byId.get(id));
		fingerprints.set(id, known);
		return known;
	};
	const placeOf = (id: string) => {
		const { line = null, column = null } = places.get(id) ?? {};
		return { line, column };
	};
	return findings.map(({ related, ...finding }) => ({
		...finding,
		...(related === undefined ? {} : { related: related.map((node) => ({ ...node, ...placeOf(node.nodeId) })) }),
		file: source.file,
		...placeOf(finding.nodeId),
		fingerprint: fingerprintOf(finding.nodeId),
	}));
}

function fingerprint(node: FlowNode | undefined): string {
	const entries = Object.entries(node ?? {}).filter(([key]) => !NOT_FINGERPRINTED.has(key));
	return shortHash(canonicalJson(Object.fromEntries(entries)));
}

/** The same for the same rule at the same node of the same file, whatever else changes: by it, tools follow a finding over time. */
export function identityOf({ file, rule, nodeId }: PlacedFinding): string {
	return shortHash(canonicalJson([file, rule, nodeId]));
}

function shortHash(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
