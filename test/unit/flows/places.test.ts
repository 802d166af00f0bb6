import { locateNodes } from '../../../src/lib/flows/places.ts';

const placesOf = (text: string) => Object.fromEntries(locateNodes(text));

describe('locateNodes', () => {
	it('points at the value of each id', () => {
		expect(placesOf('[\n  {"id": "a", "type": "tab"},\n  { "type": "x",\n    "id":\t"b" }\n]')).toEqual({
			a: { line: 2, column: 10 },
			b: { line: 4, column: 11 },
		});
	});

	it('counts the columns of a file of one line, a byte order mark apart', () => {
		expect(placesOf('\uFEFF[{"id":"a"},{"id":"b"}]')).toEqual({ a: { line: 1, column: 8 }, b: { line: 1, column: 19 } });
	});

	it('takes the node and not a property that names it, before or after', () => {
		const text = '[{"in":[{"wires":[{"id":"b"}]}],"id":"a"},\n{"id":"b","rules":[{"id":"a"}]}]';
		expect(placesOf(text)).toEqual({ a: { line: 1, column: 38 }, b: { line: 2, column: 7 } });
	});

	it('is not misled by texts that look like JSON, or by escapes', () => {
		const code = JSON.stringify('msg = {"id":"no"}; // \\" {{{ [ \\\\');
		const text = `[{"func":${code},"id":"a\\"\\u0062"},\n{"name":"id","x":"\\\\","id":"c"},{"id":7}]`;
		expect(placesOf(text)).toEqual({ 'a"b': { line: 1, column: expect.any(Number) }, c: { line: 2, column: 28 } });
	});

	it('finds nodes of a single flow, and of the body of the admin API', () => {
		expect(placesOf('{"id":"t",\n"nodes":[{"id":"n"}],"subflows":[{"id":"s","nodes":[\n{"id":"m"}]}]}')).toMatchObject({
			t: { line: 1 },
			n: { line: 2 },
			m: { line: 3 },
		});
		expect(placesOf('{"flows":[{"id":"n"}],"rev":"1"}')).toEqual({ n: { line: 1, column: 17 } });
	});

	it('takes time linear in the text', () => {
		const text = JSON.stringify(Array.from({ length: 50_000 }, (_, id) => ({ id: `n${id}`, func: '\\"{"\n"\\'.repeat(20) })));
		const started = performance.now();
		expect(locateNodes(text).size).toBe(50_000);
		expect(performance.now() - started).toBeLessThan(5_000);
	});
});
