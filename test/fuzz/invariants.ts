import type { Random } from '../../bench/flows/random.ts';
import { FlowferryError } from '../../src/lib/errors/flowferry-error.ts';
import { canonicalFlows, canonicalJson } from '../../src/lib/flows/canonical.ts';
import { modes } from '../../src/lib/flows/mode.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { parseFlows } from '../../src/lib/flows/parse.ts';
import { lint } from '../../src/lib/lint/engine.ts';
import type { LintReport } from '../../src/lib/lint/finding.ts';

/** What holds for every text: it is refused with a proper error, or its lint and its canonical form are sound. Throws what is wrong. */
export function checkInvariants(text: string, random: Random): 'refused' | 'linted' {
	let nodes: FlowNode[];
	try {
		nodes = parseFlows(text, 'flows.json');
	} catch (error) {
		if (error instanceof FlowferryError && error.exitStatus === 2) return 'refused';
		throw error;
	}
	const before = JSON.stringify(nodes);
	for (const mode of modes) {
		const report = lint(nodes, { mode });
		checkReport(report, nodes);
		demand(JSON.stringify(lint(nodes, { mode })) === JSON.stringify(report), `the ${mode} lint says something else the second time`);
	}
	demand(JSON.stringify(nodes) === before, 'the lint changed the flows');
	checkCanonicalForm(nodes, random);
	return 'linted';
}

function checkReport({ findings, summary }: LintReport, nodes: readonly FlowNode[]): void {
	const byId = new Map(nodes.map((node) => [node.id, node]));
	for (const finding of findings) {
		const what = `${finding.rule} at ${JSON.stringify(finding.nodeId)}`;
		const node = byId.get(finding.nodeId);
		demand(node !== undefined, `${what}: there is no such node`);
		demand(finding.nodeType === node?.type, `${what}: the type is ${finding.nodeType}`);
		demand(finding.flowId === null || byId.has(finding.flowId), `${what}: there is no flow ${finding.flowId}`);
		demand(finding.message !== '' && finding.remediation !== '', `${what}: no message or no remediation`);
	}
	const count = (severity: string): number => findings.filter((finding) => finding.severity === severity).length;
	const counted = { nodes: nodes.length, errors: count('error'), warnings: count('warning'), infos: count('info') };
	const { flows: _, ...said } = summary;
	demand(
		canonicalJson(said) === canonicalJson(counted),
		`the summary says ${JSON.stringify(said)}, the findings ${JSON.stringify(counted)}`,
	);
}

/** The order of keys and of all nodes but tabs means nothing; the form itself is its own canonical form. */
function checkCanonicalForm(nodes: readonly FlowNode[], random: Random): void {
	const form = JSON.stringify(canonicalFlows(nodes));
	demand(JSON.stringify(canonicalFlows(shuffle(nodes, random))) === form, 'the canonical form depends on the order of nodes or keys');
	demand(JSON.stringify(canonicalFlows(JSON.parse(form))) === form, 'the canonical form of the canonical form is another');
	demand(canonicalJson(JSON.parse(form)) === canonicalJson(JSON.parse(JSON.stringify(canonicalFlows(nodes)))), 'canonical JSON differs');
}

function shuffle(nodes: readonly FlowNode[], random: Random): FlowNode[] {
	const mixed = mix(nodes, random);
	const tabs = nodes.filter((node) => node.type === 'tab');
	return mixed
		.map((node) => (node.type === 'tab' ? tabs.shift()! : node))
		.map((node) => Object.fromEntries(mix(Object.entries(node), random)) as FlowNode);
}

function mix<T>(items: readonly T[], random: Random): T[] {
	const mixed = [...items];
	for (let last = mixed.length - 1; last > 0; last--) {
		const other = random.integer(0, last);
		[mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
	}
	return mixed;
}

function demand(holds: boolean, otherwise: string): void {
	if (!holds) throw new Error(otherwise);
}
