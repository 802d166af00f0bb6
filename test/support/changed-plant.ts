import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compareSnapshots } from '../../src/lib/flows/diff/compare.ts';
import { redactDiff } from '../../src/lib/flows/diff/redact.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { parseFlows } from '../../src/lib/flows/parse.ts';
import type { ComparedSide } from '../../src/lib/snapshot/compared-side.ts';
import type { CredentialMarks } from '../../src/lib/snapshot/snapshot.ts';
import { renderDiffPage } from '../../src/lib/ui/diff-page/diff-page.ts';

const path = fileURLToPath(new URL('../fixtures/html-report/plant.json', import.meta.url));

const added: FlowNode = {
	id: 'c0ffee0000000001',
	type: 'file',
	z: 'b0771e0000000001',
	name: 'rejected bottles',
	filename: '/data/rejected.csv',
	x: 800,
	y: 260,
	wires: [[]],
};

const edits: Record<string, (node: FlowNode) => FlowNode> = {
	a000000000000004: (node) => ({
		...node,
		func: `${String(node.func)}\nreturn [null, msg];`,
		wires: [['a000000000000005'], [added.id, 'a000000000000012'], []],
	}),
	a00000000000004b: (node) => ({ ...node, name: 'news only' }),
	c000000000000001: (node) => ({ ...node, broker: 'mqtt.plant.example', password: 'hunter2-new' }),
};

/** A plant before and after a day's work: code and a wire changed, a node gone, a node new, another broker. */
export function changedPlant(): { before: FlowNode[]; after: FlowNode[] } {
	const before = parseFlows(readFileSync(path, 'utf8'), path);
	const kept = before.filter(({ id }) => id !== 'a000000000000006');
	return { before, after: [...kept.map((node) => edits[node.id]?.(node) ?? node), added] };
}

const from: ComparedSide = { kind: 'environment', environment: 'production', release: 3, snapshot: '0123456789abcdef' };
const to: ComparedSide = { kind: 'dev', snapshot: 'fedcba9876543210' };

/** As `flowferry snapshot diff --format html` writes it. */
interface DiffPageOptions {
	layout?: boolean;
	redact?: (text: string) => string;
	/** Whose credentials there are. */
	marks?: { before?: CredentialMarks; after?: CredentialMarks };
}

export function diffPageOf(
	flows: { before: FlowNode[]; after: FlowNode[] },
	{ layout = false, redact = (text: string) => text, marks = {} }: DiffPageOptions = {},
): string {
	const side = (nodes: FlowNode[], credentials?: CredentialMarks) => ({
		flows: nodes,
		palette: [],
		nodeRed: { version: '5.0.7' },
		...(credentials && { credentials }),
	});
	const diff = redactDiff(compareSnapshots(side(flows.before, marks.before), side(flows.after, marks.after), { layout }), redact);
	return renderDiffPage({ diff, from, to, flows, redact });
}
