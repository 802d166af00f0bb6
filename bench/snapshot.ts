/** `npm run bench:snapshot`: how long `flowferry snapshot` takes as a whole process, with and without credentials. See `--help`. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { FlowNode } from '../src/lib/flows/node.ts';
import { sealCredentials } from '../src/lib/node-red/sealed-credentials.ts';
import { generateFlows } from './flows/generate.ts';
import { spreadOf } from './speed/statistics.ts';

const help = `Takes snapshots of a generated user directory, as whole processes, and prints medians and spread in milliseconds.

  --json           [{"case":…,"medianMs":…,"minMs":…,"maxMs":…}]
  --nodes <n>      (default 3000)
  --modules <n>    of the palette (default 30)
  --rounds <n>     for each case (default 10)

Each round takes three in turn: without credentials; with them, sealed; and the same again, where there is nothing to store. It
measures what npm run build made.
`;

const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		nodes: { type: 'string', default: '3000' },
		modules: { type: 'string', default: '30' },
		rounds: { type: 'string', default: '10' },
		help: { type: 'boolean', default: false },
	},
});
const program = fileURLToPath(new URL('../bin/run.js', import.meta.url));
const SECRET = 'of the bench';
const PASSPHRASE = 'six words that nobody else has';

if (values.help) process.stdout.write(help);
else process.exitCode = await main();

async function main(): Promise<number> {
	const [nodes, modules, rounds] = [values.nodes, values.modules, values.rounds].map(Number) as [number, number, number];
	if (![nodes, modules, rounds].every((number) => Number.isInteger(number) && number > 0)) {
		process.stderr.write('--nodes, --modules and --rounds take whole numbers above 0.\n');
		return 2;
	}
	if (!existsSync(fileURLToPath(new URL('../dist/commands/snapshot/index.js', import.meta.url)))) {
		process.stderr.write('There is nothing to measure yet: npm run build.\n');
		return 2;
	}
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-bench-'));
	try {
		const flows = generateFlows(nodes);
		await layOut(folder, modules, flows);
		const times: Record<string, number[]> = { 'without credentials': [], 'with credentials, sealed': [], 'nothing has changed': [] };
		// The first start compiles what later ones find compiled.
		await snapshot(folder, {});
		for (let round = 0; round < rounds; round++) {
			for (const [name, env] of [
				['without credentials', {}],
				['with credentials, sealed', { FLOWFERRY_PASSPHRASE: PASSPHRASE }],
			] as const) {
				await writeFlows(folder, flows, `round ${round} ${name}`);
				times[name]!.push(await snapshot(folder, env));
			}
			times['nothing has changed']!.push(await snapshot(folder, { FLOWFERRY_PASSPHRASE: PASSPHRASE }, false));
		}
		report(times);
		return 0;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Modules that are small, but have all that a snapshot reads of one; credentials for every config node. */
async function layOut(folder: string, modules: number, flows: FlowNode[]): Promise<void> {
	const dev = join(folder, 'dev');
	await mkdir(dev, { recursive: true });
	const names = Array.from({ length: modules }, (_, index) => `node-red-contrib-bench-${index}`);
	for (const name of names) {
		await mkdir(join(dev, 'node_modules', name), { recursive: true });
		const manifest = { name, version: '1.2.3', 'node-red': { nodes: { one: 'one.js' } } };
		await writeFile(join(dev, 'node_modules', name, 'package.json'), JSON.stringify(manifest));
	}
	const registered = Object.fromEntries(
		names.map((name) => [name, { name, version: '1.2.3', nodes: { one: { types: [`${name}-type`], enabled: true } } }]),
	);
	await writeFile(join(dev, '.config.nodes.json'), JSON.stringify({ 'node-red': { version: '5.0.7' }, ...registered }));
	await writeFile(join(dev, 'package.json'), JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '~1.2.0'])) }));
	await writeFile(join(dev, 'settings.js'), `module.exports = { flowFile: 'flows.json', credentialSecret: '${SECRET}' };\n`);
	const holders = flows.filter(({ type }) => /broker|request|config/.test(type)).slice(0, 50);
	const credentials = Object.fromEntries(holders.map(({ id }, index) => [id, { user: `user ${index}`, password: `password ${index}` }]));
	await writeFile(join(dev, 'flows_cred.json'), sealCredentials(credentials, SECRET));
	await writeFlows(folder, flows, 'first');
	await writeFile(join(folder, 'flowferry.yaml'), 'dev: { userDir: dev }\nenvironments: { production: { mode: hot-spare } }\n');
}

/** A flow that differs in one word, so that there is something to store. */
async function writeFlows(folder: string, flows: readonly FlowNode[], word: string): Promise<void> {
	const changed = flows.map((node, index) => (index === 0 ? { ...node, info: word } : node));
	await writeFile(join(folder, 'dev', 'flows.json'), JSON.stringify(changed));
}

/** Milliseconds from the start of the process to its end. */
async function snapshot(cwd: string, more: Record<string, string>, mayStore = true): Promise<number> {
	const began = performance.now();
	const env = { PATH: process.env.PATH, HOME: cwd, ...more };
	const child = spawn(process.execPath, [program, 'snapshot', '--json'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
	let output = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		output += text;
	});
	const status = await new Promise((resolve) => child.once('close', resolve));
	if (status !== 0) throw new Error(`flowferry snapshot ended with ${String(status)}`);
	const { created, credentials } = JSON.parse(output) as { created: boolean; credentials: unknown[] };
	const isSealed = more.FLOWFERRY_PASSPHRASE ? credentials.length > 0 : credentials.length === 0;
	if (!isSealed || (!mayStore && created)) throw new Error('the snapshot is not what was to be measured');
	return performance.now() - began;
}

function report(times: Record<string, number[]>): void {
	const rows = Object.entries(times).map(([name, measured]) => {
		const { median, min, max } = spreadOf(measured)!;
		return { case: name, medianMs: Math.round(median), minMs: Math.round(min), maxMs: Math.round(max) };
	});
	if (values.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
	else {
		process.stdout.write(`${'flowferry snapshot'.padEnd(26)}   median    least     most\n`);
		for (const row of rows) {
			const cells = [row.medianMs, row.minMs, row.maxMs].map((ms) => `${ms} ms`.padStart(9));
			process.stdout.write(`${row.case.padEnd(25)}${cells.join('')}\n`);
		}
	}
}
