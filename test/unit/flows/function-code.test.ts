import { analyseFunction, createFunctionAnalyser } from '../../../src/lib/flows/function-code.ts';

function analyse(func: string, more: object = {}) {
	return analyseFunction({ id: 'f', type: 'function', func, ...more });
}

/** `read flow.key` and the like, in the order of the code. */
function accesses(func: string): string[] {
	return analyse(func).accesses.map(({ kind, scope, key, store }) => `${kind} ${scope}.${key ?? '?'}${store === null ? '' : ` @${store}`}`);
}

describe('context accesses', () => {
	it.each<[string, string[]]>([
		["flow.get('a'); global.set('b', 1); context.get('c')", ['read flow.a', 'write global.b', 'read node.c']],
		["context.flow.get('a'); context.global.set('b', 1)", ['read flow.a', 'write global.b']],
		['msg.x = context.global.a; context.b = 1; context.flow.c += 1', ['read global.a', 'write node.b', 'read flow.c', 'write flow.c']],
		["context.global['a'].b.c = 1", ['write global.a']],
		['delete context.global.a', ['write global.a']],
		['context.global.list.push(1)', ['read global.list', 'write global.list']],
		["const f = flow; const g = f; g.set('a', 1)", ['write flow.a']],
		["let g; g = global; g.get('a')", ['read global.a']],
		["const { get, set: put } = global; get('a'); put('b', 1)", ['read global.a', 'write global.b']],
		["const { flow: f } = context; f.get('a')", ['read flow.a']],
		["const get = flow.get.bind(flow); get('a')", ['read flow.a']],
		["node.context().flow.get('a')", ['read flow.a']],
		["const KEY = 'a'; flow.get(KEY); flow.get(`b`); flow.get('c' + KEY)", ['read flow.a', 'read flow.b', 'read flow.ca']],
		['flow.get(msg.topic); flow.set(`a${msg.n}`, 1)', ['read flow.?', 'write flow.?']],
		["let key = 'a'; key = msg.topic; flow.get(key)", ['read flow.?']],
		["flow.get(['a', 'b'])", ['read flow.a', 'read flow.b']],
		["flow.get('a', 'disk'); flow.set('a', 1, 'disk')", ['read flow.a @disk', 'write flow.a @disk']],
		["const a = flow.get('a'); a.n = 1; a.n++; a.list.push(1)", ['read flow.a', 'write flow.a', 'write flow.a', 'write flow.a']],
		["flow.get('a').n = 1", ['read flow.a', 'write flow.a']],
		["flow?.get?.('a')", ['read flow.a']],
		["flow['get']('a')", ['read flow.a']],
		["[1].forEach(() => flow.set('a', 1))", ['write flow.a']],
		['flow.keys(); const k = global.keys()', []],
		["// flow.get('a')\nmsg.x = \"global.set('a')\"; const r = /flow.get('a')/", []],
		["const flow = msg.flow; flow.get('a')", []],
		["function f(global) { return global.get('a'); }", []],
		["msg.flow.get('a'); msg.context.global.x = 1", []],
		['flow.x = 1; global.y = 2', []],
	])('%s', (func, expected) => {
		expect(accesses(func)).toEqual(expected);
	});

	it('are told with their line and their script', () => {
		const { accesses } = analyse("\n\nflow.get('a');", { initialize: "flow.set('b', 1);", finalize: "\nflow.set('c', 1);" });
		expect(accesses.map(({ script, line, key }) => [script, line, key])).toEqual([
			['func', 3, 'a'],
			['initialize', 1, 'b'],
			['finalize', 2, 'c'],
		]);
	});
});

describe('timers', () => {
	it('are told by kind, line and whether the function waits', () => {
		const { timers } = analyse('setInterval(f, 1);\nsetTimeout(f, 1);\nawait new Promise((r) => setTimeout(r, 1));');
		expect(timers).toEqual([
			{ kind: 'interval', line: 1, promised: false, script: 'func' },
			{ kind: 'timeout', line: 2, promised: false, script: 'func' },
			{ kind: 'timeout', line: 3, promised: true, script: 'func' },
		]);
	});
});

describe('messages', () => {
	it.each<[string, boolean]>([
		['msg.reset = true;', true],
		["node.send({ 'flush': 1 });", true],
		['if (msg.reset) return null;', false],
		['// msg.reset = true', false],
	])('%s: may cancel what waits: %p', (func, resets) => {
		expect(analyse(func).resets).toBe(resets);
	});

	it.each<[string, boolean]>([
		['node.send({});', true],
		['// node.send({})', false],
		['mail.send({});', false],
	])('On Start %s: sends: %p', (initialize, sends) => {
		expect(analyse('return msg;', { initialize }).sendsAtStart).toBe(sends);
	});
});

describe('syntax', () => {
	it.each([
		['let a = = 1;', { line: 1, column: 9 }],
		['return msg;\n}', { line: 2 }],
		['if (a) {', { line: 1, column: 9 }],
		["msg.x = 'open", { line: 1 }],
	])('faults of %s have a place', (func, place) => {
		expect(analyse(func).faults).toMatchObject([{ script: 'func', ...place }]);
	});

	it('is checked even where nothing else can be found', () => {
		expect(analyse('return (').faults).toHaveLength(1);
	});

	it('allows what Node-RED allows', () => {
		expect(analyse('await 1; return msg;', { initialize: 'await 1;', finalize: 'return;' }).faults).toEqual([]);
	});

	it('of code that is no text is not looked at', () => {
		expect(analyse(7 as unknown as string).faults).toEqual([]);
	});
});

describe('what the engine checks without the parser', () => {
	it.each(['let a; let a;', 'let msg;', 'return 1 +', 'const x;', 'return /(/;', 'for (;;', '/* open'])(
		'is a fault all the same: %s',
		(func) => {
			expect(analyseFunction({ id: 'f', type: 'function', func }).faults).toHaveLength(1);
		},
	);

	it.each(['return msg;', 'msg.a?.b; return await 1;', '}); (function () {', '// no end', 'return `${`a`}`;'])(
		'is none, either: %s',
		(func) => {
			expect(analyseFunction({ id: 'f', type: 'function', func }).faults).toEqual([]);
		},
	);

	it('is never run', () => {
		const func = '}; globalThis.wasRun = true; (() => {';
		analyseFunction({ id: 'f', type: 'function', func });
		expect(globalThis).not.toHaveProperty('wasRun');
	});

	it('is read where a name is written with escapes', () => {
		const { accesses } = analyseFunction({ id: 'f', type: 'function', func: String.raw`\u0066low.set('a', 1);` });
		expect(accesses).toEqual([expect.objectContaining({ scope: 'flow', key: 'a', kind: 'write' })]);
	});
});

it('createFunctionAnalyser tells apart nodes whose code alone is the same', () => {
	const analyse = createFunctionAnalyser();
	const func = "fs.writeFileSync('a', msg.payload);";
	expect(analyse({ id: 'a', type: 'function', func }).moduleCalls).toEqual([]);
	expect(analyse({ id: 'b', type: 'function', func, libs: [{ var: 'fs', module: 'fs' }] }).moduleCalls).toHaveLength(1);
	expect(analyse({ id: 'c', type: 'function', func, initialize: 'let a; let a;' }).faults).toHaveLength(1);
	expect(analyse({ id: 'd', type: 'function', func })).toBe(analyse({ id: 'e', type: 'function', func }));
});
