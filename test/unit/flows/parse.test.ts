import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import { checkFlows, parseFlows } from '../../../src/lib/flows/parse.ts';

function faultOf(read: () => unknown): FlowferryError {
	try {
		read();
	} catch (error) {
		if (error instanceof FlowferryError) return error;
		throw error;
	}
	throw new Error('no error was thrown');
}

describe('parseFlows accepts', () => {
	const tab = { id: 'a', type: 'tab', label: 'A' };
	it.each([
		['an array', JSON.stringify([tab]), [tab]],
		['the body of the admin API', JSON.stringify({ flows: [tab], rev: '1' }), [tab]],
		['no nodes', '[]', []],
		['a byte order mark', `\uFEFF${JSON.stringify([tab])}`, [tab]],
		['whitespace around', ` \n${JSON.stringify([tab], null, 4)}\n`, [tab]],
		['wires to nowhere', '[{"id":"a","type":"inject","wires":[["b"]]}]', [{ id: 'a', type: 'inject', wires: [['b']] }]],
	])('%s', (_name, text, nodes) => {
		expect(parseFlows(text, 'flows.json')).toEqual(nodes);
	});
});

describe('parseFlows refuses', () => {
	it.each([
		['an empty file', '', 'FLOWS_NOT_JSON', 'flows.json is empty'],
		[
			'a cut file',
			'[{"id":"a",\n"type":',
			'FLOWS_NOT_JSON',
			'flows.json is not JSON: line 2, column 8: the text ends where a value should follow',
		],
		['a missing comma', '[\n  {"id":"a"}\n  {}]', 'FLOWS_NOT_JSON', 'flows.json is not JSON: line 3, column 3: expected a comma or ]'],
		['a trailing comma', '[{"id":"a",}]', 'FLOWS_NOT_JSON', 'flows.json is not JSON: line 1, column 12: expected a key in double quotes'],
		['single quotes', "[{'id':1}]", 'FLOWS_NOT_JSON', 'flows.json is not JSON: line 1, column 3: expected a key in double quotes or }'],
		['an open string', '["abc', 'FLOWS_NOT_JSON', 'flows.json is not JSON: line 1, column 2: expected a value or ]'],
		['text after the end', '[] []', 'FLOWS_NOT_JSON', 'flows.json is not JSON: line 1, column 4: text after the end of the JSON'],
		['plain text', 'hello', 'FLOWS_NOT_JSON', 'flows.json is not JSON: line 1, column 1: expected a value'],
		['an object', '{"$":"abc"}', 'FLOWS_NOT_ARRAY', 'flows.json holds an object, not an array of nodes'],
		['a number', '7', 'FLOWS_NOT_ARRAY', 'flows.json holds a number, not an array of nodes'],
		['null', 'null', 'FLOWS_NOT_ARRAY', 'flows.json holds null, not an array of nodes'],
		[
			'an entry that is no object',
			'[{"id":"a","type":"tab"},3]',
			'FLOW_NODE_NOT_OBJECT',
			'flows.json: the entry with index 1 is a number, not a node',
		],
		['an entry without id', '[{"type":"inject"}]', 'FLOW_NODE_WITHOUT_ID', 'flows.json: the entry with index 0 (type "inject") has no id'],
		['an entry with an id that is no text', '[{"id":5}]', 'FLOW_NODE_WITHOUT_ID', 'flows.json: the entry with index 0 has no id'],
		['an entry without type', '[{"id":"a"}]', 'FLOW_NODE_WITHOUT_TYPE', 'flows.json: the node "a" (index 0) has no type'],
		[
			'two nodes with one id',
			'[{"id":"a","type":"tab"},{"id":"b","type":"tab"},{"id":"a","type":"debug"}]',
			'FLOW_NODE_ID_TWICE',
			'flows.json: the entries with index 0 and 2 both have the id "a"',
		],
		[
			'a flow that is no id',
			'[{"id":"a","type":"inject","z":["t"]}]',
			'FLOW_NODE_Z_NOT_TEXT',
			'flows.json: the node "a" (index 0) names its flow ("z") by an array, not by an id',
		],
		[
			'a value nested too deeply',
			`[{"id":"a","type":"inject","payload":${'['.repeat(20_000)}${']'.repeat(20_000)}}]`,
			'FLOW_NODE_TOO_DEEP',
			'flows.json: the node "a" (index 0) has values nested more than 500 levels deep',
		],
	])('%s', (_name, text, code, message) => {
		const fault = faultOf(() => parseFlows(text, 'flows.json'));
		expect(fault).toMatchObject({ code, message, exitStatus: 2 });
		expect(fault.hint).toBeTruthy();
	});

	it('quotes nothing of a broken text, which may hold secrets', () => {
		const fault = faultOf(() => parseFlows('[{"password":"hunter2"', 'flows.json'));
		expect(JSON.stringify(fault.toJSON())).not.toContain('hunter2');
	});
});

describe('checkFlows', () => {
	it('checks flows that came as objects', () => {
		expect(checkFlows([{ id: 'a', type: 'tab' }], 'http://localhost:1880')).toHaveLength(1);
		expect(faultOf(() => checkFlows([{ id: 'a' }], 'http://localhost:1880')).message).toMatch(/^http:\/\/localhost:1880: the node "a"/);
	});
});
