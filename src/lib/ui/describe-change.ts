import type {
	CredentialChange,
	NodeName,
	PaletteChange,
	PropertyChange,
	SnapshotDiff,
	WiredNode,
	WireEnd,
} from '../flows/diff/snapshot-diff.ts';
import type { ComparedSide } from '../snapshot/compared-side.ts';
import { shortId } from '../snapshot/snapshot.ts';
import { count, printable } from './printable.ts';

/** Changes in words, for every view of a diff. Texts are printable, and free of the view's own marks. */
export function describeChange(change: Exclude<PropertyChange, { kind: 'text' }>): string {
	switch (change.kind) {
		case 'value':
			return describeValue(change);
		case 'secret':
			return `${describeProperty(change.property)}: ${change.change} (it looks like a secret, so it is not shown)`;
		case 'reference':
			return `${describeProperty(change.property)}: ${fromTo(change.before, change.after)}`;
		case 'wiring':
			return describeWiring(change.end, change.gone, change.now);
		case 'move':
			return `moved from ${change.before ? nameNode(change.before) : 'no flow'} to ${change.after ? nameNode(change.after) : 'no flow'}`;
		case 'group':
			if (change.before && change.after) return `in the group ${nameNode(change.after)}, no longer in ${nameNode(change.before)}`;
			return change.after
				? `in the group ${nameNode(change.after)}`
				: `no longer in the group ${change.before ? nameNode(change.before) : ''}`;
	}
}

/** The editor's word where the file has only a letter. */
export function describeProperty(property: string): string {
	return property === 'd' ? 'disabled' : printable(property);
}

/** `'log'`; without a name, its type and id. */
export function nameNode({ id, type, name }: NodeName): string {
	if (type === '') return `a node that is not there (${printable(id)})`;
	return name === '' ? `${describeType(type)} ${printable(id)}` : `'${printable(name)}'`;
}

export function describeType(type: string): string {
	return type.startsWith('subflow:') ? 'subflow instance' : printable(type);
}

export function describePalette(change: PaletteChange): string {
	const module = printable(change.module);
	switch (change.kind) {
		case 'added':
		case 'removed':
			return `${module} ${printable(change.version)}`;
		case 'changed':
			return `${module} ${printable(change.before)} → ${printable(change.after)}`;
		case 'types': {
			const types = [...change.added.map((type) => `+ ${printable(type)}`), ...change.removed.map((type) => `- ${printable(type)}`)];
			return `${module}: the same version with other node types (${types.join(', ')})`;
		}
	}
}

/** `mqtt-broker 'plant' b1: password, user`. */
export function describeCredentials({ node, names }: CredentialChange): string {
	const type = node.type === '' ? '' : `${describeType(node.type)} `;
	return `${type}${node.name === '' ? '' : `'${printable(node.name)}' `}${printable(node.id)}: ${names.map(printable).join(', ')}`;
}

/** `production (release 3, 0123456789ab)`. */
export function describeSide(side: ComparedSide): string {
	const id = shortId(side.snapshot);
	if (side.kind === 'environment') return `${printable(side.environment)} (release ${side.release}, ${id})`;
	if (side.kind === 'running') return `what ${printable(side.environment)} runs (${side.instance}, ${id})`;
	return side.kind === 'dev' ? `the dev Node-RED (${id})` : `snapshot ${id}`;
}

/** `2 nodes added, 1 node changed in 2 flows`; empty where only the palette or Node-RED differs. */
export function summariseNodes({ flows }: Extract<SnapshotDiff, { kind: 'different' }>): string {
	const nodes = flows.flatMap((flow) => flow.nodes);
	const parts = (['added', 'changed', 'removed'] as const).flatMap((kind) => {
		const amount = nodes.filter((node) => node.kind === kind).length;
		return amount > 0 ? [`${count(amount, 'node')} ${kind}`] : [];
	});
	const named = flows.filter(({ flow }) => flow !== null).length;
	if (named > 0) parts.push(`${count(named, 'flow')} concerned`);
	return parts.join(', ');
}

const SUBJECTS: Record<WireEnd['kind'], { subject: string; verb: string }> = {
	output: { subject: 'output', verb: 'goes to' },
	'subflow input': { subject: "the subflow's input", verb: 'goes to' },
	'subflow output': { subject: "the subflow's output", verb: 'comes from' },
	'subflow status': { subject: "the subflow's status", verb: 'comes from' },
	links: { subject: 'the link', verb: 'joins' },
	scope: { subject: 'it', verb: 'listens to' },
};

function describeWiring(end: WireEnd, gone: readonly WiredNode[], now: readonly WiredNode[]): string {
	const { subject, verb } = SUBJECTS[end.kind];
	const name = end.kind === 'output' || end.kind === 'subflow output' ? `${subject} ${end.number}` : subject;
	const labels = [...gone, ...now].map(nameNode);
	const list = (nodes: readonly WiredNode[]) => nodes.map((node) => nameWired(node, labels)).join(', ');
	if (gone.length === 0 && now.length === 0) return `${name} ${verb} the same nodes in another order`;
	if (gone.length === 0) return `${name} ${verb} ${list(now)}`;
	const first = `${name} no longer ${verb} ${list(gone)}`;
	return now.length === 0 ? first : `${first}; it ${verb} ${list(now)}`;
}

/** With its id where another one of the same sentence is called the same. */
function nameWired(node: WiredNode, labels: readonly string[]): string {
	const label = nameNode(node);
	const isTwice = node.name !== '' && labels.filter((other) => other === label).length > 1;
	return `${label}${isTwice ? ` (${printable(node.id)})` : ''}${node.output === undefined ? '' : `, output ${node.output}`}`;
}

function fromTo(before: NodeName | null, after: NodeName | null): string {
	const label = before ? nameNode(before) : 'none';
	if (after === null) return `${label} → none`;
	if (before === null) return nameNode(after);
	const isSame = label === nameNode(after);
	const id = (node: NodeName) => (isSame ? ` (${printable(node.id)})` : '');
	return `${label}${id(before)} → ${nameNode(after)}${id(after)}`;
}

function describeValue({ property, before, after }: Extract<PropertyChange, { kind: 'value' }>): string {
	const name = describeProperty(property);
	const [old, next] = window(show(before), show(after));
	if (before === undefined) return `${name}: ${next}`;
	return after === undefined ? `${name}: ${old} → nothing` : `${name}: ${old} → ${next}`;
}

function show(value: unknown): string {
	return printable(JSON.stringify(value) ?? '');
}

const LONGEST = 160;
const LEAD = 40;

/** Of long values the part where they begin to differ. */
function window(before: string, after: string): [string, string] {
	if (before.length <= LONGEST && after.length <= LONGEST) return [before, after];
	let same = 0;
	while (same < before.length && before[same] === after[same]) same++;
	const start = before === '' || after === '' || same <= LEAD ? 0 : same - LEAD;
	const cut = (text: string) =>
		`${start > 0 ? '…' : ''}${text.slice(start, start + LONGEST)}${text.length > start + LONGEST ? '…' : ''}`.toWellFormed();
	return [cut(before), cut(after)];
}

const LONGEST_LINE = 400;

/** A line of code or text, with its tabs kept: a minified page has lines that nobody reads. */
export function showLine(text: string): string {
	const line = text.split('\t').map(printable).join('  ');
	return line.length <= LONGEST_LINE
		? line
		: `${line.slice(0, LONGEST_LINE).toWellFormed()}… (${line.length - LONGEST_LINE} more characters)`;
}
