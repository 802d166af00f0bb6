import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { EnvironmentStatus } from '../../../src/lib/cutover/environment-status.ts';
import { answeredWith } from '../../../src/lib/kubernetes/cluster-fault.ts';
import { label } from '../../../src/lib/kubernetes/names.ts';
import { slotOf } from '../../../src/lib/promotion/journal.ts';
import type { Step } from '../../../src/lib/promotion/machine.ts';
import { runInPod } from '../../../src/lib/targets/kubernetes/run-in-pod.ts';
import { makeBedImages } from '../../support/bed-images.ts';
import { connectMachineEngine } from '../../support/describe-with-docker.ts';
import { describeWithKubernetes, testKubeconfig } from '../../support/describe-with-kubernetes.ts';
import { promoteUntil } from '../../support/interrupted-promotion.ts';
import { createKubernetesProject, type KubernetesProject } from '../../support/kubernetes-project.ts';
import { machineAddress } from '../../support/machine-address.ts';
import { measured } from '../../support/measured.ts';
import { node, versionFlows } from '../../support/project.ts';
import { until } from '../../support/until.ts';
import { startRequests, startWitness, versionOf, type Witness } from '../../support/witness.ts';

jest.setTimeout(300_000);

/** As configured: for so long an active one that cannot renew goes on. */
const RENEW_DEADLINE_MS = 4000;
/** For a busy machine, on top of what is promised. */
const SLACK_MS = 2000;
/** A runner that was killed is started again by its node, or its lease ends: whatever comes first, and a Node-RED that starts. */
const CRASH_MS = 12_000;
/** For so long nobody may go on with what a command that was killed has begun; then somebody does, and has to be started for it. */
const RESUMED_MS = 4000 + 15_000;
const LARGE_BYTES = 5_000_000;

describeWithKubernetes('what people do by hand to the objects of an environment', () => {
	let images: Awaited<ReturnType<typeof makeBedImages>>;
	let witness: Witness;
	let project: KubernetesProject;
	const snapshots: Record<string, string> = {};

	beforeAll(async () => {
		const { docker, close } = await connectMachineEngine();
		witness = await startWitness({ host: await machineAddress(docker) }).finally(close);
		images = await makeBedImages('ffk-by-hand');
		project = await createKubernetesProject(images.base, { failOn: 'never', spare: 'hot' });
		for (const version of ['v2', 'v1']) snapshots[version] = await promoted(versionFlows(version, witness.flows));
		await project.serving();
	}, 300_000);
	afterAll(async () => {
		witness?.close();
		await project?.dispose();
		await images?.remove();
	}, 180_000);

	async function promoted(flows: Parameters<KubernetesProject['setFlows']>[0]): Promise<string> {
		await project.setFlows(flows);
		return (await project.done(0, 'promote', '--yes')).snapshot;
	}
	const status = async () => (await project.cli('status', '--json')).json() as EnvironmentStatus;
	const version = async () => await versionOf(await project.url());
	const up = () => project.done(0, 'up');
	/** The same where a spare may yet be on its way when the command ends, which is an exit status of its own. */
	const upAtLast = async () => expect([0, 5]).toContain((await project.cli('up')).status);
	const at = (name: string) => ({ namespace: project.cluster.namespace, name });
	const podsOf = async (slot: string) => {
		const { items } = await project.cluster.core.listNamespacedPod({
			namespace: project.cluster.namespace,
			labelSelector: `${label.slot}=${slot}`,
		});
		return items.map(({ metadata }) => metadata?.name ?? '');
	};
	/** To how many pods the Service leads: connections that are there stay, wherever it leads. */
	const served = async () => {
		const { subsets = [] } = await project.cluster.core.readNamespacedEndpoints(at(project.names.service));
		return subsets.flatMap(({ addresses = [] }) => addresses).length;
	};
	/** How often the container of its runner was started again. */
	const restartsOf = async (instance: string) => {
		const { status: found } = await project.cluster.core.readNamespacedPod(at(project.names.pod(instance)));
		return found?.containerStatuses?.find(({ name }) => name === 'node-red')?.restartCount ?? 0;
	};
	const scale = async (slot: string, replicas: number) => {
		const set = at(project.names.slot(slot));
		await project.cluster.apps.replaceNamespacedStatefulSetScale({ ...set, body: { metadata: set, spec: { replicas } } });
		await until(async () => (await podsOf(slot)).length === replicas, `${slot} has ${replicas} pods`, 60_000);
	};
	/** As `kubectl drain` asks for each pod of a node. */
	const evict = async (instance: string) => {
		const pod = at(project.names.pod(instance));
		await project.cluster.core.createNamespacedPodEviction({ ...pod, body: { metadata: pod } });
	};

	/** `status --json` says what befell it, and its exit status that somebody is to look. */
	async function expectNamed(...what: string[]): Promise<void> {
		const { status: exit, json } = await project.cli('status', '--json');
		expect({ exit, health: (json() as EnvironmentStatus).health }).toEqual({
			exit: 5,
			health: { state: 'degraded', reasons: expect.arrayContaining(what.map((each) => expect.stringContaining(each))) },
		});
	}

	/** Production as it should be, with one that acts. @returns it */
	async function steady(): Promise<string> {
		await project.serving();
		const sinceMs = performance.now();
		await until(() => witness.turns(sinceMs).length > 0, 'somebody acts');
		return witness.turns(sinceMs)[0]?.instance as string;
	}

	describe('the active pod', () => {
		const ended: [string, (instance: string) => Promise<unknown>][] = [
			['kubectl delete pod', (instance) => project.cluster.core.deleteNamespacedPod(at(project.names.pod(instance)))],
			['an eviction, as of kubectl drain', evict],
		];
		it.each(ended)('%s: the spare acts at once, and the pod that is made anew stands by', async (what, act) => {
			const active = await steady();
			const sinceMs = performance.now();
			const requests = startRequests(await project.url());
			await sleep(300);
			const deedMs = performance.now();
			await act(active);
			const next = () => witness.turns(deedMs).find(({ instance }) => instance !== active);
			await until(() => next() !== undefined, `another one than ${active} acts`);
			const actsAfterMs = Math.round((next()?.fromMs as number) - deedMs);
			await until(async () => (await version()) === 'v1', 'it serves');
			const counted = await requests.stop();
			const spares = (await status()).slots.flatMap(({ instances }) => instances).filter(({ name }) => name === active);
			expect(spares).toHaveLength(1);
			await project.serving();
			const facts = { actsAfterMs, nobodyActedMs: witness.longestSilenceMs(sinceMs), doubleActiveMs: witness.doubleActiveMs(sinceMs) };
			measured(`${what} of the active one`, { ...facts, ...counted });
			expect(actsAfterMs).toBeLessThan(1000 + SLACK_MS);
			// Not one beat of the old one came after the first of the other's, also once its pod was made anew.
			expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([active, next()?.instance]);
		});

		it('an eviction is refused where nobody stands by', async () => {
			const slot = slotOf(await steady());
			await scale(slot, 1);
			await until(async () => (await status()).active !== null, 'the one that is left acts');
			await expectNamed(`is scaled to 1, not 2: flowferry up production`, `no spare stands by in ${slot}`);
			const sinceMs = performance.now();
			await until(() => witness.turns(sinceMs).length > 0, 'it acts');
			const instance = witness.turns(sinceMs)[0]?.instance as string;
			const refusal = await evict(instance).then(
				() => null,
				(error: unknown) => error,
			);
			expect({ isRefused: answeredWith(refusal, 429) }).toEqual({ isRefused: true });
			await up();
			await steady();
			expect(witness.turns(sinceMs).map((turn) => turn.instance)).toEqual([instance]);
		});

		it('SIGKILL of its runner: one of the slot acts again, and never two', async () => {
			const active = await steady();
			const sinceMs = performance.now();
			const found = (await status()).slots.flatMap(({ instances }) => instances).find(({ name }) => name === active);
			const requests = startRequests(await project.url());
			const deedMs = performance.now();
			const before = await restartsOf(active);
			const kill = ['sh', '-c', `kill -s KILL ${found?.status?.pid}`];
			const { output, close } = await runInPod(project.cluster, project.names.pod(active), kill);
			output.resume();
			await until(async () => (await restartsOf(active)) > before, 'its container is started again');
			close();
			const backMs = performance.now();
			await until(() => witness.turns(backMs).length > 0, 'somebody acts');
			await until(async () => (await version()) === 'v1', 'it serves');
			const counted = await requests.stop();
			await project.serving();
			const [nobodyActedMs, doubleActiveMs] = [witness.longestSilenceMs(deedMs), witness.doubleActiveMs(sinceMs)];
			const order = witness.turns(sinceMs).map(({ instance }) => instance);
			measured('SIGKILL of the active runner', { order, nobodyActedMs, doubleActiveMs, ...counted });
			expect(doubleActiveMs).toBe(0);
			expect(nobodyActedMs).toBeLessThan(CRASH_MS);
			expect(order.length).toBeLessThanOrEqual(2);
		});
	});

	it('the RoleBinding removed: nobody acts once leases cannot be renewed, and up gives the pods their rights back', async () => {
		const active = await steady();
		const spare = `${slotOf(active)}/${1 - Number(active.at(-1))}`;
		const sinceMs = performance.now();
		const deedMs = performance.now();
		await project.cluster.rbac.deleteNamespacedRoleBinding(at(project.names.serviceAccount));
		const lastMs = () => witness.turns(sinceMs).at(-1)?.toMs ?? deedMs;
		const isSilent = () => performance.now() - lastMs() > 2000;
		await until(isSilent, 'nobody acts', RENEW_DEADLINE_MS + SLACK_MS + 4000);
		const actedForMs = Math.round(lastMs() - deedMs);
		await expectNamed(`the RoleBinding ${project.names.serviceAccount} is gone: flowferry up production`, 'no instance is active');
		// One that is made meanwhile waits, and does not end: its node would start it again ever more slowly.
		const { metadata: before } = await project.cluster.core.readNamespacedPod(at(project.names.pod(spare)));
		await project.cluster.core.deleteNamespacedPod(at(project.names.pod(spare)));
		const saysThatItWaits = async () => {
			const pod = await project.cluster.core.readNamespacedPod(at(project.names.pod(spare))).catch(() => null);
			if (!pod || pod.metadata?.uid === before?.uid) return false;
			const log = { ...at(project.names.pod(spare)), container: 'node-red' };
			return (await project.cluster.core.readNamespacedPodLog(log).catch(() => '')).includes('waits for the cluster');
		};
		await until(saysThatItWaits, 'the pod that is made anew waits', 60_000);
		const undoMs = performance.now();
		await upAtLast();
		await steady();
		const actsAgainAfterMs = Math.round((witness.turns(undoMs)[0]?.fromMs as number) - undoMs);
		const doubleActiveMs = witness.doubleActiveMs(sinceMs);
		measured('kubectl delete rolebinding', { actedForMs, actsAgainAfterMs, doubleActiveMs });
		expect(actedForMs).toBeLessThan(RENEW_DEADLINE_MS + SLACK_MS);
		expect(doubleActiveMs).toBe(0);
		expect(await version()).toBe('v1');
		await project.serving();
		expect(await restartsOf(spare)).toBe(0);
	});

	it('kubectl delete lease: it is named, and up makes it anew for who held it; never two', async () => {
		const active = await steady();
		const sinceMs = performance.now();
		await project.cluster.coordination.deleteNamespacedLease(at(project.names.lease('active')));
		await expectNamed(`the Lease ${project.names.lease('active')} is gone`, 'flowferry up production');
		const isSilent = () => performance.now() - (witness.turns(sinceMs).at(-1)?.toMs ?? sinceMs) > 2000;
		await until(isSilent, 'nobody acts', RENEW_DEADLINE_MS + SLACK_MS + 4000);
		await upAtLast();
		await steady();
		await project.serving();
		// Made anew at once: the active one hardly notices.
		const againMs = performance.now();
		await project.cluster.coordination.deleteNamespacedLease(at(project.names.lease('active')));
		await upAtLast();
		await project.serving();
		await sleep(RENEW_DEADLINE_MS);
		const [nobodyActedMs, doubleActiveMs] = [witness.longestSilenceMs(againMs), witness.doubleActiveMs(sinceMs)];
		const order = witness.turns(sinceMs).map(({ instance }) => instance);
		measured('kubectl delete lease', { order, whereMadeAnewAtOnce: { nobodyActedMs }, doubleActiveMs });
		expect(order[0]).toBe(active);
		expect(doubleActiveMs).toBe(0);
		expect(await version()).toBe('v1');
	});

	it('kubectl scale to 0: it is named, and up brings the release back that served', async () => {
		await steady();
		const { active } = await status();
		await scale(active?.slot ?? '', 0);
		await expectNamed(`is scaled to 0, not 2: flowferry up production`);
		const sinceMs = performance.now();
		await up();
		measured('kubectl scale --replicas 0', { upMs: Math.round(performance.now() - sinceMs) });
		await steady();
		expect((await status()).active).toEqual(active);
		expect(await version()).toBe('v1');
		expect(witness.turns(sinceMs)).toHaveLength(1);
	});

	describe('the Service', () => {
		it('kubectl edit of its selector: it is named, and up makes it as it was', async () => {
			const active = await steady();
			const sinceMs = performance.now();
			const before = await project.cluster.core.readNamespacedService(at(project.names.service));
			// A key more: what flowferry itself wrote is all still there, and yet it leads nowhere.
			await project.cluster.core.patchNamespacedService(
				{ ...at(project.names.service), body: { spec: { selector: { tier: 'frontend' } } } },
				setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
			);
			await until(async () => (await served()) === 0, 'it leads nowhere');
			await expectNamed(`the Service ${project.names.service} leads elsewhere`);
			await up();
			await until(async () => (await served()) === 1, 'it leads to the active one');
			const after = await project.cluster.core.readNamespacedService(at(project.names.service));
			expect(after.spec?.selector).toEqual(before.spec?.selector);
			await project.serving();
			expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([active]);
		});

		it('kubectl delete service: it is named, and up makes it again', async () => {
			const active = await steady();
			const sinceMs = performance.now();
			await project.cluster.core.deleteNamespacedService(at(project.names.service));
			await expectNamed(`the Service ${project.names.service} is gone`, 'flowferry up production');
			const beganMs = performance.now();
			await up();
			await until(async () => (await version()) === 'v1', 'it serves');
			measured('kubectl delete service', { upMs: Math.round(performance.now() - beganMs) });
			await project.serving();
			expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([active]);
		});
	});

	describe('kill -9 of promote', () => {
		/** Promotes the release that does not serve, and kills the command when it has come so far; then another machine ends what it left. */
		async function interrupt(step: Step, moment: 'begun' | 'acted', meanwhile: (cli: KubernetesProject['cli']) => Promise<void>) {
			const old = await steady();
			const sinceMs = performance.now();
			const [serving, other] = (await version()) === 'v1' ? ['v1', 'v2'] : ['v2', 'v1'];
			const promotion = await promoteUntil(project.folder, { snapshot: snapshots[other] as string, step, moment });
			const { done, cli } = await project.elsewhere();
			await meanwhile(cli).finally(() => promotion.kill());
			await promotion.ended;
			const { outcome } = await done(0, 'resume');
			const acting = await steady();
			const [nobodyActedMs, doubleActiveMs] = [witness.longestSilenceMs(sinceMs), witness.doubleActiveMs(sinceMs)];
			measured(`kill -9 of promote at ${step}`, { outcome, nobodyActedMs, doubleActiveMs });
			expect(doubleActiveMs).toBe(0);
			expect(nobodyActedMs).toBeLessThan(RESUMED_MS);
			expect(witness.turns(sinceMs)[0]?.instance).toBe(old);
			expect(witness.turns(sinceMs).at(-1)?.instance).toBe(acting);
			expect((await status()).promotion).toBeNull();
			return { outcome, serving, other };
		}

		it('at hand over, and resume on another machine: the old release acts again', async () => {
			const { outcome, serving } = await interrupt('hand over', 'acted', async () => {});
			expect(outcome).toBe('rolled-back');
			expect(await version()).toBe(serving);
		});

		it('at release, where another command finds it locked, and resume on another machine: the new one serves', async () => {
			const { outcome, other } = await interrupt('release', 'begun', async (cli) => {
				const second = await cli('up', '--json');
				expect({ exit: second.status, code: second.json().error.code }).toEqual({ exit: 6, code: 'LOCKED' });
			});
			expect(outcome).toBe('finished');
			expect(await version()).toBe(other);
		});
	});

	it('flows of 5 MB are in several ConfigMaps, and run', async () => {
		const old = await steady();
		const sinceMs = performance.now();
		const count = 500;
		const texts = Array.from({ length: count }, () => randomBytes((LARGE_BYTES / count / 4) * 3).toString('base64'));
		const large = texts.map((info, index) => node(`large${index}`, 'comment', { name: `part ${index}`, info }));
		const beganMs = performance.now();
		await promoted(versionFlows('large', [...witness.flows, ...large]));
		const promotedMs = Math.round(performance.now() - beganMs);
		const acting = await steady();
		const { items } = await project.cluster.core.listNamespacedConfigMap({ namespace: project.cluster.namespace });
		const flowMaps = items.filter(({ metadata }) => metadata?.name?.startsWith(`${project.names.slot(slotOf(acting))}-flows-`));
		const bytes = flowMaps.reduce((sum, { binaryData }) => sum + Buffer.from(binaryData?.flows ?? '', 'base64').length, 0);
		measured('flows of 5 MB', { configMaps: flowMaps.length, bytes, promotedMs, doubleActiveMs: witness.doubleActiveMs(sinceMs) });
		expect(flowMaps).toHaveLength(Math.ceil(bytes / (768 * 1024)));
		expect(flowMaps.length).toBeGreaterThan(4);
		expect(await version()).toBe('large');
		expect(witness.turns(sinceMs).map(({ instance }) => instance)).toEqual([old, acting]);
	});

	it('down --remove leaves nothing but what the cluster itself has in a namespace', async () => {
		await project.done(0, 'down', '--remove', '--yes');
		let left: string[] = [];
		// What others made of the objects (endpoints, revisions), the cluster removes in the background.
		const isClear = async () => {
			left = await objectsIn(project.cluster.namespace);
			return left.length === 0;
		};
		await until(isClear, 'nothing is left', 60_000).catch(() => {});
		expect(left).toEqual([]);
	});
});

/** Objects of all kinds that a namespace has, but for events and what each namespace has. */
async function objectsIn(namespace: string): Promise<string[]> {
	const kubectl = async (...args: string[]) =>
		(await promisify(execFile)('kubectl', ['--kubeconfig', testKubeconfig ?? '', ...args])).stdout.trim().split('\n');
	const kinds = await kubectl('api-resources', '--namespaced', '--verbs=list', '--output=name');
	const asked = kinds.filter((kind) => !/^events(\.|$)/.test(kind)).join(',');
	const objects = await kubectl('get', asked, '--namespace', namespace, '--output=name', '--ignore-not-found');
	return objects.filter((object) => !/^(|configmap\/kube-root-ca.crt|serviceaccount\/default|secret\/default-token-\w+)$/.test(object));
}
