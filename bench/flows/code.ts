import type { Random } from './random.ts';

const words = ['level', 'pressure', 'pump', 'valve', 'room', 'door', 'power', 'meter', 'alarm', 'speed', 'count', 'mode'];

export function pickWord(random: Random): string {
	return random.pick(words);
}

type Snippet = (random: Random, key: string) => string;

/** About as often as in real files: half of the functions use no context, nearly a third write it. */
const snippets: readonly (readonly [Snippet, number])[] = [
	[(_, key) => `msg.payload = Number(msg.payload.${key});\nreturn msg;`, 18],
	[(random) => `msg.payload = Math.round(msg.payload * ${random.integer(2, 99)}) / 10;\nreturn msg;`, 12],
	[(_, key) => `msg.topic = 'site/' + msg.topic.split('/').pop() + '/${key}';\nmsg.retain = true;\nreturn msg;`, 10],
	[
		(random, key) => `if (msg.payload > ${random.integer(1, 90)}) {\n\treturn [{ payload: '${key} high' }, null];\n}\nreturn [null, msg];`,
		8,
	],
	[(_, key) => `msg.limit = global.get('limits.${key}');\nreturn msg;`, 8],
	[(_, key) => `const last = flow.get('${key}') || 0;\nmsg.delta = msg.payload - last;\nflow.set('${key}', msg.payload);\nreturn msg;`, 9],
	[(_, key) => `global.set('${key}', msg.payload);\nreturn msg;`, 9],
	[(_, key) => `let n = context.get('${key}') || 0;\nn += 1;\ncontext.set('${key}', n);\nmsg.count = n;\nreturn msg;`, 6],
	[(_, key) => `// flow.set('${key}', msg.payload) was here once\nmsg.note = "global.set('${key}')";\nreturn msg;`, 2],
	[(_, key) => `const store = flow;\nconst key = '${key}.' + msg.topic;\nstore.set(key, msg.payload);\nreturn msg;`, 4],
	[(random) => `setTimeout(() => {\n\tnode.send(msg);\n}, ${random.integer(1, 60)} * 1000);\nreturn null;`, 2],
	[(_, key) => `const reply = await Promise.resolve(msg.payload);\nmsg.payload = { ${key}: reply };\nreturn msg;`, 2],
	[(random, key) => describe(random, key), 26],
	[(random, key) => longCode(random, key), 10],
];

/** The body of a function node: 2 to about 120 lines, 6 at the median. */
export function writeCode(random: Random): string {
	return random.weigh(snippets)(random, pickWord(random));
}

function describe(random: Random, key: string): string {
	const limits = Array.from(
		{ length: random.integer(1, 4) },
		() => `if (value > ${random.integer(10, 90)}) {\n\tstate = '${pickWord(random)} high';\n}`,
	);
	return [
		`const value = Number(msg.payload.${key});`,
		"let state = 'normal';",
		...limits,
		`msg.payload = { ${key}: value, state };`,
		'return msg;',
	].join('\n');
}

function longCode(random: Random, key: string): string {
	const branches = Array.from({ length: random.integer(4, 28) }, (_, index) => {
		const target = pickWord(random);
		return `\tcase ${index}:\n\t\tresult.${target} = (state.${target} ?? 0) + Number(msg.payload.value ?? ${index});\n\t\tlabels.push(\`${target} ${index}: \${result.${target}}\`);\n\t\tbreak;`;
	});
	return [
		`const state = flow.get('${key}State') ?? {};`,
		'const result = { ...state };',
		'const labels = [];',
		'switch (Number(msg.payload.kind)) {',
		...branches,
		'\tdefault:',
		"\t\tnode.warn('unknown kind ' + msg.payload.kind);",
		'\t\treturn null;',
		'}',
		`flow.set('${key}State', result);`,
		"msg.payload = { labels: labels.join(', '), result };",
		'return msg;',
	].join('\n');
}
