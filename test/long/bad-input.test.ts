import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { freePort } from '../support/gateway.ts';
import { startNodeRed } from '../support/node-red.ts';
import type { Project } from '../support/project.ts';
import { createProject, versionFlows } from '../support/project.ts';
import { sampleFlows } from '../support/snapshots.ts';
import type { Refusal } from '../support/standing.ts';
import { expectRefusal } from '../support/standing.ts';

/** A production that runs, and everything that may be wrong on the way to its next release. */
let project: Project;

beforeAll(async () => {
	project = await createProject();
	await project.promote(versionFlows('v1'));
});
afterAll(() => project.remove());

const path = (...parts: string[]) => join(project.folder, ...parts);
const setText = (text: string) => writeFile(path('dev', 'flows.json'), text);

/** A configuration beside the project's own, of the same production. */
async function variant(change: (config: ReturnType<typeof JSON.parse>) => void): Promise<string> {
	const config = JSON.parse(await readFile(path('flowferry.yaml'), 'utf8'));
	change(config);
	await writeFile(path('variant.yaml'), JSON.stringify(config, null, 2));
	return 'variant.yaml';
}

describe('flows that are none', () => {
	const flowFile = /\/dev\/flows\.json/;

	it.each<[string, string, Omit<Refusal, 'status'>]>([
		[
			'not JSON',
			'[\n  {"id": "t1" "type": "tab"}\n]',
			{ code: 'FLOWS_NOT_JSON', says: [flowFile, 'line 2, column 15', 'expected a comma or }', 'export the flows again'] },
		],
		['cut off', '[{"id": "t1", "type": "tab"}', { code: 'FLOWS_NOT_JSON', says: [flowFile, 'line 1, column 29', 'the text ends'] }],
		['an empty file', '', { code: 'FLOWS_NOT_JSON', says: [flowFile, 'is empty', '[]'] }],
		['not an array', '{"node": {"id": "t1"}}', { code: 'FLOWS_NOT_ARRAY', says: [flowFile, 'an object, not an array'] }],
		[
			'an entry that is no node',
			'[{"id":"t1","type":"tab"}, 7]',
			{ code: 'FLOW_NODE_NOT_OBJECT', says: [flowFile, 'index 1', 'a number'] },
		],
		[
			'a node without id',
			'[{"id":"t1","type":"tab"},{"type":"inject","z":"t1"}]',
			{ code: 'FLOW_NODE_WITHOUT_ID', says: [flowFile, 'index 1', 'type "inject"', '"id"'] },
		],
		[
			'a node without type',
			'[{"id":"t1","type":"tab"},{"id":"n1","z":"t1"}]',
			{ code: 'FLOW_NODE_WITHOUT_TYPE', says: [flowFile, 'node "n1"', 'index 1', '"type"'] },
		],
		[
			'two nodes with one id',
			'[{"id":"t1","type":"tab"},{"id":"n1","type":"inject","z":"t1"},{"id":"n1","type":"debug","z":"t1"}]',
			{ code: 'FLOW_NODE_ID_TWICE', says: [flowFile, '"n1"', 'index 1 and 2', 'id of its own'] },
		],
		['no flows', '[]', { code: 'SNAPSHOT_EMPTY', says: [/\/dev \(flows\.json\)/, 'not a single node', 'Deploy'] }],
		[
			'tabs and comments alone',
			'[{"id":"t1","type":"tab"},{"id":"c1","type":"comment","z":"t1"}]',
			{ code: 'SNAPSHOT_EMPTY', says: ['no node that would run'] },
		],
	])('%s', async (_, text, refusal) => {
		await setText(text);
		await expectRefusal(project, ['promote', '--yes'], { status: 2, ...refusal });
	});
});

describe('flows that must not go on', () => {
	const toNowhere = (): FlowNode[] => [
		...versionFlows('v2'),
		{
			id: 'in9',
			type: 'inject',
			z: 'tab1',
			name: 'lonely',
			props: [],
			repeat: '',
			crontab: '',
			once: false,
			x: 100,
			y: 200,
			wires: [['gone']],
		},
	];

	it('a wire to nowhere is a warning of the lint', async () => {
		await project.setFlows(toNowhere());
		const { status, json } = await project.cli('plan', '--json');
		expect(status).toBe(0);
		expect(json()).toMatchObject({ lint: { errors: 0, warnings: 1, failOn: 'error' }, blockers: [] });
		const report = (await project.cli('lint', path('dev', 'flows.json'), '--json')).json();
		expect(report.findings).toMatchObject([
			{ rule: 'wire-to-nowhere', severity: 'warning', nodeId: 'in9', remediation: expect.stringMatching(/\S/) },
		]);
	});

	it('and stops a promotion whose gate is set to warnings', async () => {
		await expectRefusal(project, ['promote', '--yes', '--fail-on', 'warning'], {
			status: 1,
			code: 'LINT_GATE',
			says: ["at 'warning'", "wire-to-nowhere at inject 'lonely' (in9) on 'Version'", 'flowferry lint', 'failOn'],
		});
	});

	it('a finding of severity error stops it without more ado', async () => {
		await project.setFlows([
			...versionFlows('v2'),
			{ id: 'f9', type: 'function', z: 'tab1', name: 'broken', func: 'return msg +;', outputs: 1, x: 1, y: 1, wires: [[]] },
		]);
		await expectRefusal(project, ['promote', '--yes'], {
			status: 1,
			code: 'LINT_GATE',
			says: ['1 finding stands', "function-syntax at function 'broken' (f9) on 'Version'", "at 'error'", 'flowferry lint', 'failOn'],
		});
	});

	it('a variable that the flows read and nobody sets', async () => {
		await project.setFlows([
			...versionFlows('v2'),
			{ id: 'm9', type: 'mqtt-broker', name: 'plant', broker: '${PLANT_BROKER}', port: '1883' },
		]);
		await expectRefusal(project, ['promote', '--yes'], {
			status: 2,
			code: 'VARIABLES_MISSING',
			says: ['PLANT_BROKER', "mqtt-broker 'plant'", 'environments.production.variables'],
		});
	});

	it('without --yes, where nobody can be asked', async () => {
		await project.setFlows(versionFlows('v2'));
		await expectRefusal(project, ['promote'], { status: 2, code: 'CONFIRMATION_NEEDED', says: ['--yes'] });
	});
});

describe('flows of 20 MB', () => {
	const SIZE = 20 * 1024 * 1024;

	/** Flows of 50 function nodes in a row, until there are enough. */
	function largeFlows(): string {
		const func = `// ${'x'.repeat(800)}\nflow.set('count', (flow.get('count') ?? 0) + 1);\nreturn msg;`;
		const flows = [JSON.stringify(versionFlows('v2')).slice(1, -1)];
		for (let tab = 0, size = 0; size < SIZE; tab++) {
			const z = `line${tab}`;
			const nodes: FlowNode[] = [{ id: z, type: 'tab', label: `Line ${tab}` }];
			nodes.push({ id: `${z}in`, type: 'inject', z, name: '', props: [], repeat: '60', crontab: '', once: false, wires: [[`${z}n0`]] });
			for (let index = 0; index < 50; index++) {
				nodes.push({
					id: `${z}n${index}`,
					type: 'function',
					z,
					name: '',
					func,
					outputs: 1,
					wires: [index < 49 ? [`${z}n${index + 1}`] : []],
				});
			}
			const text = JSON.stringify(nodes).slice(1, -1);
			flows.push(text);
			size += text.length;
		}
		return `[${flows.join(',\n')}]`;
	}

	it('are stored, judged and planned like others', async () => {
		const text = largeFlows();
		await setText(text);
		const snapshot = await project.cli('snapshot', '--json');
		expect({ status: snapshot.status, stderr: snapshot.stderr }).toEqual({ status: 0, stderr: '' });
		const { id, nodes, flows } = snapshot.json();
		expect(nodes + flows).toBe(JSON.parse(text).length);
		const plan = (await project.cli('plan', '--snapshot', id, '--json')).json();
		expect(plan).toMatchObject({ nothingToDo: false, changes: expect.any(Array) });
		expect(plan.changes.length).toBeGreaterThan(300);
		const report = (await project.cli('lint', path('dev', 'flows.json'), '--json')).json();
		expect(report.summary).toMatchObject({ nodes: nodes + flows, flows });
		expect(report.findings.filter(({ flowId }: { flowId: string }) => flowId === 'line0').length).toBeGreaterThan(0);
	});

	it('are told from what is none, and where', async () => {
		await setText(`${largeFlows().slice(0, -1)}\n,]`);
		await expectRefusal(project, ['promote', '--yes'], {
			status: 2,
			code: 'FLOWS_NOT_JSON',
			says: [/line \d{3}, column 2/, 'expected a value'],
		});
	});
});

describe('a palette that npm does not have', () => {
	afterEach(() => Promise.all(['package.json', 'node_modules'].map((name) => rm(path('dev', name), { recursive: true, force: true }))));

	async function installByHand(name: string, version: string): Promise<void> {
		await mkdir(path('dev', 'node_modules', name), { recursive: true });
		await writeFile(path('dev', 'node_modules', name, 'package.json'), JSON.stringify({ name, version, 'node-red': { nodes: {} } }));
		await writeFile(path('dev', 'package.json'), JSON.stringify({ dependencies: { [name]: version } }));
		await project.setFlows(versionFlows('v2'));
	}

	it.each([
		['a module that npm does not know', '@flowferry/no-such-module', '1.2.3'],
		['a version that npm does not have', 'node-red-node-random', '987.6.5'],
	])('%s', async (_, name, version) => {
		await installByHand(name, version);
		await expectRefusal(project, ['promote', '--yes'], {
			status: 4,
			code: 'CUTOVER_ROLLED_BACK',
			says: [`${name}@${version}`, "'prepare' failed", 'npm registry', "the dev Node-RED's palette", 'Release 1 serves, as before.'],
		});
	});

	it('a module that is asked for and not installed', async () => {
		await writeFile(path('dev', 'package.json'), JSON.stringify({ dependencies: { 'node-red-node-random': '^0.4.0' } }));
		await expectRefusal(project, ['promote', '--yes'], {
			status: 2,
			code: 'PALETTE_NOT_INSTALLED',
			says: [/\/dev\/package\.json/, 'node-red-node-random (^0.4.0)', 'npm install'],
		});
	});
});

describe('a dev Node-RED that cannot be read', () => {
	it('nobody listens', async () => {
		const url = `http://127.0.0.1:${await freePort()}`;
		const config = await variant((config) => (config.dev = { url }));
		await expectRefusal(project, ['promote', '--yes', '-c', config], {
			status: 2,
			code: 'DEV_NOT_REACHABLE',
			says: [url, 'nothing listens there', 'dev.url'],
		});
	});

	it('no such user directory', async () => {
		const config = await variant((config) => (config.dev = { userDir: 'nowhere' }));
		await expectRefusal(project, ['promote', '--yes', '-c', config], {
			status: 2,
			code: 'USER_DIR_MISSING',
			says: [path('nowhere'), 'dev.userDir'],
		});
	});

	it('one that asks for a sign-in', async () => {
		const user = { username: 'ada', password: `$2b$08$${'x'.repeat(53)}`, permissions: '*' };
		const nodeRed = await startNodeRed({ flows: sampleFlows, settings: { adminAuth: { type: 'credentials', users: [user] } } });
		const { url } = nodeRed;
		try {
			const promote = ['promote', '--yes', '-c', 'variant.yaml'];
			await variant((config) => (config.dev = { url }));
			await expectRefusal(project, promote, { status: 2, code: 'DEV_SIGN_IN_NEEDED', says: [url, '401', 'token'] });
			await variant((config) => (config.dev = { url, token: 'Wr0ngT0ken' }));
			const { stdout, stderr } = await expectRefusal(project, promote, {
				status: 2,
				code: 'DEV_TOKEN_REFUSED',
				says: [url, 'dev.token', '401'],
			});
			expect(stdout + stderr).not.toContain('Wr0ngT0ken');
			await variant((config) => (config.dev = { url, username: 'ada', password: 'Wr0ngPa55' }));
			const second = await expectRefusal(project, promote, {
				status: 2,
				code: 'DEV_PASSWORD_REFUSED',
				says: [url, 'user ada', 'dev.password'],
			});
			expect(second.stdout + second.stderr).not.toContain('Wr0ngPa55');
		} finally {
			await nodeRed.stop();
		}
	});

	it.each([
		[
			'an older major version',
			'/settings',
			'{"version": "3.1.15"}',
			{ code: 'NODE_RED_UNSUPPORTED', says: ['Node-RED 3.1.15', '4 and 5'] },
		],
		['a newer major version', '/settings', '{"version": "6.0.0"}', { code: 'NODE_RED_UNSUPPORTED', says: ['Node-RED 6.0.0', '4 and 5'] }],
		['something else', '/', '<html>', { code: 'DEV_NOT_NODE_RED', says: ['GET /settings answers 404', 'httpAdminRoot'] }],
		['something that answers anything', '/settings', '<html>', { code: 'DEV_NOT_NODE_RED', says: ['GET /settings', 'JSON'] }],
	])('%s', async (_, served, body, refusal) => {
		const server = createServer(({ url }, response) =>
			response.writeHead(url === served ? 200 : 404).end(url === served ? body : ''),
		).listen(0, '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		try {
			const config = await variant((config) => (config.dev = { url }));
			await expectRefusal(project, ['promote', '--yes', '-c', config], { status: 2, code: refusal.code, says: [url, ...refusal.says] });
		} finally {
			server.closeAllConnections();
			server.close();
		}
	});
});

describe('a configuration that is wrong', () => {
	it.each<[string, string, Omit<Refusal, 'status' | 'code'>]>([
		['not YAML', 'dev: { userDir: dev\nenvironments: {', { says: ['variant.yaml:'] }],
		['empty', '', { says: ['variant.yaml:1:1', 'flowferry init'] }],
		[
			'a key that does not exist',
			'dev: { userDir: dev }\nenvironments:\n  production:\n    mode: hot-spare\n    prot: 8080\n',
			{ says: ['variant.yaml:5:5', 'environments.production.prot', 'port'] },
		],
		[
			'a mode that does not exist',
			'dev: { userDir: dev }\nenvironments: { production: { mode: hot } }\n',
			{ says: ['variant.yaml:2:37', 'environments.production.mode', 'hot-spare'] },
		],
		[
			'a variable that is not set',
			'dev: { url: "http://127.0.0.1:1", token: "${NO_SUCH_TOKEN}" }\nenvironments: { production: { mode: hot-spare } }\n',
			{ says: ['variant.yaml:1:42', 'dev.token', 'NO_SUCH_TOKEN', 'export NO_SUCH_TOKEN='] },
		],
	])('%s', async (_, text, { says }) => {
		await writeFile(path('variant.yaml'), text);
		await expectRefusal(project, ['promote', '--yes', '-c', 'variant.yaml'], { status: 2, code: 'CONFIG_INVALID', says });
	});

	it('none', async () => {
		await expectRefusal(project, ['promote', '--yes', '-c', 'nowhere.yaml'], {
			status: 2,
			code: 'CONFIG_MISSING',
			says: ['nowhere.yaml', 'flowferry init', '--config'],
		});
	});

	it.each(['promote', 'rollback', 'down'])('%s of an environment that does not exist', async (command) => {
		await expectRefusal(project, [command, 'prodution', '--yes'], {
			status: 2,
			code: 'ENVIRONMENT_UNKNOWN',
			says: ['prodution', 'production', 'Did you mean'],
		});
	});

	it('a Node-RED folder that holds another version', async () => {
		await project.setFlows(versionFlows('v2'));
		const config = await variant(({ environments }) => (environments.production.nodeRed = 'dev'));
		await expectRefusal(project, ['promote', '--yes', '-c', config], {
			status: 2,
			code: 'NODE_RED_VERSION',
			says: [`environments.production.nodeRed names ${path('dev')}, which holds no Node-RED`, 'leave out nodeRed'],
		});
	});
});

describe('a store that was changed by hand', () => {
	it('a snapshot whose files do not give its id', async () => {
		await project.setFlows(versionFlows('v1a'));
		const { id } = (await project.cli('snapshot', '--json')).json();
		const file = path('.flowferry', 'snapshots', 'snapshots', id.slice(0, 2), id, 'snapshot.json');
		const stored = await readFile(file, 'utf8');
		const refusal = { status: 2, code: 'STORE_CORRUPT', says: [path('.flowferry', 'snapshots'), id, 'git -C', 'checkout HEAD --'] };
		try {
			await writeFile(file, stored.replace(/"version": "[^"]*"/, '"version": "5.0.1"'));
			await expectRefusal(project, ['promote', '--snapshot', id, '--yes'], refusal);
			await writeFile(file, stored.slice(0, 40));
			await expectRefusal(project, ['promote', '--snapshot', id, '--yes'], { ...refusal, says: [...refusal.says, file] });
		} finally {
			await writeFile(file, stored);
		}
	});

	it.each([
		['no such snapshot', ['promote', '--snapshot', 'abcdef0'], { code: 'SNAPSHOT_UNKNOWN', says: ['abcdef0', 'flowferry snapshot list'] }],
		['no such release', ['rollback', '--to', '99'], { code: 'RELEASE_UNKNOWN', says: ['no release 99', 'flowferry status'] }],
		['the release that serves', ['rollback', '--to', '1'], { code: 'RELEASE_UNKNOWN', says: ['release 1 serves already'] }],
		['nothing to return to', ['rollback'], { code: 'NOTHING_TO_RETURN_TO', says: ['release 1', 'flowferry'] }],
	])('%s', async (_, args, refusal) => {
		await expectRefusal(project, [...args, '--yes'], { status: 2, ...refusal });
	});
});
