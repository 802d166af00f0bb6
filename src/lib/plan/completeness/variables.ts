import type { FlowNode } from '../../flows/node.ts';
import { hostFields } from './host-fields.ts';
import { type Lack, listNodes, nameOf, type Provisions } from './lack.ts';
import { referencesOf } from './references.ts';
import type { Resolution } from './scope.ts';

interface Want {
	name: string;
	kind: 'variable' | 'credentials';
	certainty: Lack['certainty'];
	nodes: Set<FlowNode>;
	/** Of a credential: the tabs, groups and subflows that declare it. */
	holders: Set<FlowNode>;
}

/**
 * Variables that the flows read and that neither they nor the environment set where they are read. A property that is nothing but
 * `${NAME}` keeps that text: certain. What asks while it works gets nothing, and may know what to do then: likely.
 */
export function lacksOfVariables(
	made: readonly FlowNode[],
	resolve: (node: FlowNode, name: string) => Resolution[],
	provisions: Provisions,
): Lack[] {
	const wants = new Map<string, Want>();
	for (const node of made) {
		for (const { name, how } of referencesOf(node)) {
			for (const outcome of resolve(node, name)) {
				if (outcome.kind === 'value') continue;
				const kind = outcome.kind === 'unset' ? 'variable' : 'credentials';
				const certainty = how === 'property' ? 'certain' : 'likely';
				const key = [kind, certainty, name].join(' ');
				const want = wants.get(key) ?? { name, kind, certainty, nodes: new Set(), holders: new Set() };
				want.nodes.add(node);
				if (outcome.kind === 'credential') want.holders.add(outcome.holder);
				wants.set(key, want);
			}
		}
	}
	const isSaid = ({ kind, certainty, name }: Want) => certainty === 'likely' && wants.has([kind, 'certain', name].join(' '));
	return [
		...[...wants.values()]
			.filter((want) => !isSaid(want))
			.map((want) => (want.kind === 'variable' ? unset(want, provisions) : notGiven(want, provisions))),
		...made.flatMap((node) => partialReferences(node)),
	];
}

function unset({ name, certainty, nodes }: Want, { environment }: Provisions): Lack {
	const names = Array.from(nodes, nameOf);
	return {
		kind: 'variable',
		certainty,
		nodes: names,
		message:
			certainty === 'certain'
				? `${name} (read by ${listNodes(names)}) is not set, and the field would hold the text \${${name}} itself`
				: `${name} (asked for by ${listNodes(names)}) is not set, and the code gets nothing for it`,
		remedy: `set it under environments.${environment}.variables${certainty === 'likely' ? '; an empty value says that it is meant so' : ''}`,
	};
}

function notGiven({ name, certainty, nodes, holders }: Want, { environment }: Provisions): Lack {
	const names = Array.from(nodes, nameOf);
	return {
		kind: 'credentials',
		certainty,
		nodes: names,
		message: `${name} (read by ${listNodes(names)}) is a credential of ${listNodes(Array.from(holders, nameOf))} that nothing gives`,
		remedy: `set it under environments.${environment}.credentials: ${Array.from(holders, ({ id }) => `{ ${id}: { ${name}: … } }`).join(' or ')}`,
	};
}

/** An address with a variable in its midst is a common slip: Node-RED's own nodes take it as it stands. */
function partialReferences(node: FlowNode): Lack[] {
	return hostFields(node, 'core').flatMap(({ property, value }) => {
		const [reference] = /\$\{[^}\s]+\}/.exec(value) ?? [];
		if (reference === undefined || reference === value) return [];
		const name = nameOf(node);
		return [
			{
				kind: 'variable',
				certainty: 'likely',
				nodes: [name],
				message: `${property} of ${listNodes([name])} has ${reference} in the midst of a text, where Node-RED leaves it as it is`,
				remedy: 'let a variable be the whole field, as in ${BROKER_URL}, and set all of it in each environment',
			} satisfies Lack,
		];
	});
}
