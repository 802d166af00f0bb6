import { readFileSync } from 'node:fs';
import { corpusFolder, idsOf, type Labels, type NodeList, readCorpus, readLabels, splitIds } from '../../bench/corpus/labels.ts';
import { findActivity } from '../../src/lib/flows/activity.ts';
import { parseFlows } from '../../src/lib/flows/parse.ts';
import { families, severities } from '../../src/lib/lint/finding.ts';

const all = readLabels();
const corpus = readCorpus();

function nodeListsOf(labels: Labels): NodeList[] {
	return [...labels.hazards, ...labels.tolerated, ...labels.temptations].map(({ nodes }) => nodes);
}

describe('the labels', () => {
	it('are there for 25 files', () => {
		expect(all).toHaveLength(25);
		expect(all.flatMap(({ hazards }) => hazards).length).toBeGreaterThan(100);
	});

	it.each(all)('of $file use the words of findings, and have a reason for everything', (labels) => {
		for (const hazard of labels.hazards) {
			expect(families).toContain(hazard.class);
			expect([...severities, null]).toEqual(expect.arrayContaining([hazard.hotSpare, hazard.loadBalanced]));
			expect(hazard.hotSpare ?? hazard.loadBalanced).not.toBeNull();
			expect(hazard.hazard).not.toBe('');
		}
		for (const { class: family, why } of labels.tolerated) expect([families.includes(family), why !== '']).toEqual([true, true]);
		for (const { because } of labels.temptations) expect(because).not.toBe('');
		for (const nodes of nodeListsOf(labels)) expect(idsOf(nodes).length).toBeGreaterThan(0);
	});

	it.each(all)('of $file say one thing of a node in one class', (labels) => {
		const single = labels.hazards.filter(({ anyOf }) => !anyOf);
		const hazards = single.flatMap(({ class: family, nodes }) => idsOf(nodes).map((id) => `${family} ${id}`));
		expect(hazards.filter((place, index) => hazards.indexOf(place) !== index)).toEqual([]);
		const temptations = labels.temptations.flatMap(({ looksLike, nodes }) => idsOf(nodes).map((id) => `${looksLike} ${id}`));
		expect(temptations.filter((place) => hazards.includes(place))).toEqual([]);
	});
});

describe('the labels, beside the flows', () => {
	if (!corpus) {
		it.skip(`name nodes that are there: needs the flow files in ${corpusFolder()}`, () => {});
		return;
	}

	it.each(corpus)(
		'of $labels.file name nodes that are there, with their types, and label as hazards only what runs',
		({ labels, flowsPath }) => {
			const flows = parseFlows(readFileSync(flowsPath, 'utf8'), labels.file);
			const byId = new Map(flows.map((node) => [node.id, node]));
			for (const nodes of nodeListsOf(labels)) {
				for (const [type, ids] of Object.entries(nodes)) {
					for (const id of splitIds(ids)) expect([id, byId.get(id)?.type]).toEqual([id, type]);
				}
			}
			const { running } = findActivity(flows, byId);
			const single = labels.hazards.filter(({ anyOf }) => !anyOf).flatMap(({ nodes }) => idsOf(nodes));
			expect(single.filter((id) => !running.has(id))).toEqual([]);
			expect(splitIds(labels.inactive.nodes).filter((id) => running.has(id))).toEqual([]);
			const off = splitIds(labels.inactive.flows);
			expect(flows.filter((node) => off.includes(node.z ?? '') && running.has(node.id)).map(({ id }) => id)).toEqual([]);
		},
	);
});
