import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { Plan } from '../../src/lib/plan/plan.ts';
import type { Project } from '../support/project.ts';
import { createProject, node, nodeRedFolder, versionFlows } from '../support/project.ts';
import { expectRefusal } from '../support/standing.ts';

const broker: FlowNode = { id: 'm9', type: 'mqtt-broker', name: 'plant', broker: '${PLANT_BROKER}', port: '1883' };
const request = node('r9', 'http request', { name: 'cloud', method: 'GET', url: 'https://api.example/', authType: 'bearer' });
const unknown = node('x9', 'modbus-read', { d: true });
const local = node('h9', 'http request', { name: 'here', method: 'GET', url: 'http://localhost:1/' });

describe('a snapshot that lacks something in its environment', () => {
	let project: Project;
	let otherNodeRed: string;
	beforeAll(async () => {
		project = await createProject();
		await project.promote(versionFlows('v1'));
		otherNodeRed = join(project.folder, 'other', 'node-red');
		await mkdir(otherNodeRed, { recursive: true });
		await writeFile(join(otherNodeRed, 'package.json'), '{ "name": "node-red", "version": "4.0.9" }');
	});
	afterAll(() => project.remove());
	afterEach(() => project.configure({}));

	// Variables and Node-RED's version: test/long/bad-input.test.ts.
	it.each<[string, FlowNode[], string, string[]]>([
		[
			'credentials',
			[request],
			'CREDENTIALS_MISSING',
			["http request 'cloud' signs in by bearer", 'environments.production.credentials', 'r9'],
		],
		['a node type', [unknown], 'TYPES_MISSING', ["the type 'modbus-read'", 'install node-red-contrib-modbus']],
	])('is refused before anything changes: %s', async (_, flows, code, says) => {
		await project.setFlows(versionFlows('v2', flows));
		await expectRefusal(project, ['promote', '--yes'], { status: 2, code, says });
	});

	it('gets a plan that tells all of it, and what is only likely', async () => {
		await project.setFlows(versionFlows('v2', [broker, request, unknown, local]));
		await project.configure({ nodeRed: otherNodeRed });
		const planned = await project.cli('plan', '--json');
		expect({ status: planned.status, stderr: planned.stderr }).toEqual({ status: 2, stderr: '' });
		const plan = planned.json() as Plan;
		expect(plan.completeness.lacks.map(({ kind, certainty, nodes }) => [kind, certainty, nodes.map(({ id }) => id)])).toEqual([
			['node-red', 'certain', []],
			['type', 'certain', ['x9']],
			['variable', 'certain', ['m9']],
			['credentials', 'certain', ['r9']],
			['host', 'likely', ['h9']],
		]);
		expect(plan.blockers.map(({ code }) => code)).toEqual(
			expect.arrayContaining(['NODE_RED_VERSION', 'TYPES_MISSING', 'VARIABLES_MISSING', 'CREDENTIALS_MISSING']),
		);
		expect(plan.warnings).toContainEqual(expect.stringContaining("http request 'here' connects to localhost"));
		const { stdout } = await project.cli('plan');
		expect(stdout).toContain(
			'\nCompleteness\n  missing 1 version of Node-RED, 1 node type, 1 variable, 1 node with credentials\n  perhaps ',
		);
	});

	it('goes through once the environment has it, and a host that is right is named', async () => {
		await project.setFlows(versionFlows('v2', [broker, request, local]));
		await project.configure({
			nodeRed: nodeRedFolder,
			variables: { PLANT_BROKER: 'mqtt.plant.example' },
			credentials: { r9: { password: 'token' } },
			hosts: ['localhost'],
		});
		const { plan, status } = await project.cli('plan', '--json').then((result) => ({ plan: result.json() as Plan, status: result.status }));
		expect({ status, lacks: plan.completeness.lacks, blockers: plan.blockers }).toEqual({ status: 0, lacks: [], blockers: [] });
	});
});
