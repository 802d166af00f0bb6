import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, until } from '../support/gateway.ts';
import { askVersion, createProject, type Project, versionFlows } from '../support/project.ts';

const PASSWORD = 'correct-horse-battery-staple';

describe('a spare that takes over from a Node-RED that is killed', () => {
	let project: Project;
	let metricsPort: number;
	beforeAll(async () => {
		metricsPort = await freePort();
		project = await createProject({
			failOn: 'never',
			instances: 2,
			instanceMetricsPort: metricsPort,
			credentials: { none: { password: PASSWORD } },
			hooks: {
				roleChanged: `echo "$FLOWFERRY_INSTANCE $FLOWFERRY_ROLE $FLOWFERRY_TOKEN $FLOWFERRY_CAUSE" >> roles; echo "the password is ${PASSWORD}"; exit 3`,
			},
		});
		await project.promote(versionFlows('v1'));
	});
	afterAll(() => project.remove());

	const roles = async () => (await readFile(join(project.folder, 'roles'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
	const figures = async (index: number) => await (await fetch(`http://127.0.0.1:${metricsPort + index}/metrics`)).text();
	const labels = (instance: string) => `environment="production",instance="${instance}",slot="blue"`;

	it('leaves no request without an answer that comes meanwhile, and tells of it by metrics and hooks', async () => {
		await until(async () => (await roles()).length === 1);
		const { childPid, instance, log, lease } = await project.active();
		const index = Number(instance.split('/')[1]);
		const spare = `blue/${1 - index}`;
		expect(await figures(index)).toContain(`flowferry_instance_state{state="active",${labels(instance)}} 1`);
		expect(await figures(1 - index)).toContain(`flowferry_instance_state{state="standby",${labels(spare)}} 1`);

		process.kill(childPid as number, 'SIGKILL');
		// Not only its program: its port is closed a moment later, and what is connected until then is lost.
		await until(() => !existsSync(`/proc/${childPid}`));
		const answers = await Promise.all(Array.from({ length: 30 }, () => askVersion(project)));
		expect(new Set(answers)).toEqual(new Set(['v1']));
		await until(async () => (await roles()).length === 3);
		const told = await roles();
		expect(told[0]).toBe(`${instance} active ${lease?.token} asked`);
		expect(told).toContain(`${instance} standby ${lease?.token} crashed: ended by SIGKILL`);
		expect(told.join('\n')).toMatch(new RegExp(`^${spare} active \\d+ crashed: ended by SIGKILL$`, 'm'));
		expect(await figures(1 - index)).toContain(`flowferry_instance_active{${labels(spare)}} 1`);
		expect(await figures(index)).toContain(`flowferry_instance_crashes_total{${labels(instance)}} 1`);
		const written = await readFile(log, 'utf8');
		expect(written).toContain('the password is ***');
		expect(written).toContain('"the hook roleChanged failed"');
		expect(written).not.toContain(PASSWORD);
	});
});
