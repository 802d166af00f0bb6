import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import type { EnvironmentStatus } from '../../src/lib/cutover/environment-status.ts';
import { makeBedImages } from '../support/bed-images.ts';
import { describeWithKubernetes, testKubeconfig } from '../support/describe-with-kubernetes.ts';
import { createKubernetesProject, type KubernetesProject } from '../support/kubernetes-project.ts';
import { versionFlows } from '../support/project.ts';
import { expectErrorJson } from '../support/standing.ts';
import { until } from '../support/until.ts';

jest.setTimeout(480_000);

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
/** For a busy cluster. */
const WAIT_MS = 60_000;

describeWithKubernetes('commands on a cluster', () => {
	let images: Awaited<ReturnType<typeof makeBedImages>>;
	let project: KubernetesProject;
	const image = `ffk-commands:${process.pid}-${Date.now()}`;

	beforeAll(async () => {
		images = await makeBedImages('ffk-commands');
		project = await createKubernetesProject(images.base, { failOn: 'never' });
		await project.setFlows(versionFlows('v1'));
	}, 300_000);
	afterAll(async () => {
		await project?.dispose();
		await images?.remove();
	}, 180_000);

	it('keep in a saved plan the image that was named, and take no other', async () => {
		const { snapshot } = await project.done(0, 'plan', '--image', image, '--out', 'plan.json');
		await project.done(0, 'image', 'build', 'production', '--snapshot', snapshot, '--tag', image);
		const refused = await project.cli('promote', '--plan', 'plan.json', '--image', 'registry.example/plant:8', '--yes', '--json');
		expectErrorJson(refused, { status: 6, code: 'PLAN_STALE', says: [image, 'registry.example/plant:8'] });
		await project.done(0, 'promote', '--plan', 'plan.json', '--yes');
		const { items } = await project.cluster.core.listNamespacedPod({ namespace: project.cluster.namespace });
		expect(items.flatMap(({ spec }) => spec?.containers.map((each) => each.image))).toEqual(Array(4).fill(image));
	});

	it('status --watch shows a switchover when it happens, told by the cluster', async () => {
		await project.serving();
		const args = [program, 'status', '--watch', '--every', '10m', '--json'];
		const env = { PATH: process.env.PATH, HOME: project.folder, KUBECONFIG: testKubeconfig };
		const child = spawn(process.execPath, args, { cwd: project.folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
		const ended = once(child, 'close');
		const seen: EnvironmentStatus[] = [];
		createInterface(child.stdout).on('line', (line) => seen.push(JSON.parse(line)));
		const activeOf = (status: EnvironmentStatus | undefined) =>
			status?.slots.flatMap(({ instances }) => instances).find(({ status }) => status?.state === 'active')?.name;
		try {
			await until(() => seen.length > 0, 'it has looked once', WAIT_MS);
			const before = activeOf(seen[0]);
			expect(before).toBeDefined();
			await project.done(0, 'switchover', '--yes');
			await until(() => ![before, undefined].includes(activeOf(seen.at(-1))), 'it shows who is active now', WAIT_MS);
			await until(() => seen.at(-1)?.health.state === 'serving', 'it shows that all is well again', WAIT_MS);
			await sleep(2000);
			// The lease is renewed each second: that is nothing to look at.
			const looks = seen.length;
			await sleep(10_000);
			expect(seen.length - looks).toBeLessThan(4);
		} finally {
			child.kill('SIGINT');
		}
		expect(await ended).toEqual([0, null]);
	});

	it('drill has the spare take over: from a pod that is deleted, and from a Node-RED that is killed', async () => {
		await project.serving();
		const result = await project.done(0, 'drill', '--kind', 'eviction', '--kind', 'crash', '--yes');
		for (const { kind, detectMs, takeoverMs } of result.drills)
			process.stdout.write(`drill ${kind}: detected ${detectMs} ms, taken over ${takeoverMs} ms\n`);
		const wanted = { passed: true, outcome: 'taken over', doubleActiveMs: 0 };
		expect(result).toMatchObject({ serving: true, drills: ['eviction', 'crash'].map((kind) => ({ kind, ...wanted })) });
	});
});
