import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ifThere } from '../../src/lib/kubernetes/if-there.ts';
import { relayApiServer } from './api-relay.ts';
import { connectMachineEngine } from './describe-with-docker.ts';
import { connectTestCluster, findApiServer, testKubeconfig } from './describe-with-kubernetes.ts';
import { authorityIn, type IssuedCertificate } from './engine-certificates.ts';
import { podSubnet } from './machine-address.ts';
import { freePodNetwork, joinNodes, type NodeNetwork } from './node-network.ts';
import { startOwnEngine } from './own-engine.ts';
import { makeOwnMounts } from './own-mounts.ts';
import { until } from './until.ts';
import type { Place } from './witness.ts';

export const NODE_TAINT = 'flowferry.org/test-node';
/** Of the cluster's nodes: what keeps a pod's network. */
const PAUSE = 'flowferry/pause:1';
/** Where a kubelet has files without being asked: two on a machine would take each other's for leftovers. */
const HIDDEN = ['/var/lib', '/var/log'];
const READY_MS = 120_000;
const STOP_MS = 20_000;

/**
 * A second node for the cluster that is built for tests: kubelet and kube-proxy, with an Engine of their own, in a network namespace of their
 * own. A kubelet on the machine's Engine would end all pods there, which it does not know.
 */
export interface SecondNode extends Pick<NodeNetwork, 'cutOff' | 'reconnect'> {
	/** Its address as well. */
	name: string;
	/** An address that its own pods reach, even when it is cut off. */
	place: Place;
	/** Brings an image over from this machine's Engine: there is no registry. */
	loadImage(image: string): Promise<void>;
	/** All of it stands still: its pods, their Engine, kubelet and kube-proxy. */
	freeze(): Promise<void>;
	thaw(): Promise<void>;
	/** Takes it out of the cluster, ends everything, and removes everything. */
	remove(): Promise<void>;
}

/** Pods that do not tolerate `NODE_TAINT` stay away: others' tests know nothing of this node. For root on Linux. */
export async function startSecondNode(): Promise<SecondNode> {
	const undo: (() => Promise<void> | void)[] = [];
	const undoAll = async () => {
		const faults: unknown[] = [];
		for (const step of undo.splice(0).reverse()) await (async () => await step())().catch((error: unknown) => faults.push(error));
		if (faults.length > 0) throw new AggregateError(faults, `the second node left something behind: ${faults.join('; ')}`);
	};
	try {
		return await start(undo, undoAll);
	} catch (error) {
		await undoAll().catch(() => {});
		throw error;
	}
}

async function start(undo: (() => Promise<void> | void)[], undoAll: () => Promise<void>): Promise<SecondNode> {
	undo.push(await relayApiServer());
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-node-'));
	undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
	const mounts = await makeOwnMounts(join(folder, 'hidden'), HIDDEN);
	undo.push(mounts.end);
	const machine = await connectMachineEngine();
	undo.push(() => machine.close());
	const pods = freePodNetwork();
	const args = ['--bip', `${pods.gateway}/24`, '--iptables=false', '--ip-masq=false'];
	const engine = await startOwnEngine({ within: mounts.within, args });
	undo.push(engine.stop);
	const network = joinNodes(engine, { there: pods.subnet, here: await podSubnet(machine.docker) });
	undo.push(network.remove);
	await engine.loadImage(machine.docker, PAUSE);

	const name = engine.ip;
	const cluster = connectTestCluster('kube-node-lease');
	undo.push(() => cluster.close());
	const server = await advertisedServer();
	const pki = join(folder, 'pki');
	await mkdir(pki);
	const platform = join(dirname(testKubeconfig ?? ''), 'pki');
	for (const [from, to] of [
		['ca.crt', 'ca.pem'],
		['ca.key', 'ca-key.pem'],
	] as const)
		await copyFile(join(platform, from), join(pki, to));
	const authority = authorityIn(pki);
	const ofNode = await authority.issue('node', 'clientAuth', '', 2, `/O=system:nodes/CN=system:node:${name}`);
	const serving = await authority.issue('serving', 'serverAuth', `IP:${name}`);
	const ofProxy = { cert: join(platform, 'proxy.crt'), key: join(platform, 'proxy.key') };
	const written = async (file: string, content: object) => {
		await writeFile(join(folder, file), JSON.stringify(content), { mode: 0o600 });
		return join(folder, file);
	};
	const config = await written('kubelet.yaml', kubeletConfig(authority.ca, serving));
	const run = (program: string, flags: string[]): ChildProcess => {
		const log = openSync(join(folder, `${program}.log`), 'a');
		const path = join(dirname(findApiServer() ?? ''), program);
		const child = spawn('env', [...engine.within, path, ...flags], { stdio: ['ignore', log, log], cwd: folder });
		closeSync(log);
		undo.push(() => end(child));
		return child;
	};

	undo.push(async () => {
		await ifThere(cluster.core.deleteNode({ name }));
		await ifThere(cluster.coordination.deleteNamespacedLease({ namespace: 'kube-node-lease', name }));
		await cluster.core.deleteCollectionNamespacedEvent({ namespace: 'default', fieldSelector: `involvedObject.name=${name}` });
	});
	const kubelet = run('kubelet', [
		...[`--kubeconfig=${await written('node.kubeconfig', kubeconfigOf(server, authority.ca, ofNode))}`, `--config=${config}`],
		...[`--root-dir=${join(folder, 'kubelet')}`, `--cert-dir=${pki}`, `--hostname-override=${name}`],
		...['--container-runtime=docker', `--docker-endpoint=${engine.host}`, `--docker=${engine.host}`, '--network-plugin='],
		...[`--container-runtime-endpoint=unix://${join(folder, 'dockershim.sock')}`, `--pod-infra-container-image=${PAUSE}`],
		`--register-with-taints=${NODE_TAINT}=${name}:NoSchedule`,
	]);
	const proxy = run('kube-proxy', [
		...[`--kubeconfig=${await written('proxy.kubeconfig', kubeconfigOf(server, authority.ca, ofProxy))}`, `--hostname-override=${name}`],
		...['--proxy-mode=iptables', `--cluster-cidr=${pods.subnet}`],
		...['--healthz-bind-address=127.0.0.1:10256', '--metrics-bind-address=127.0.0.1:10249'],
		// They are the machine's, and cannot be set in a namespace.
		...['--conntrack-max-per-core=0', '--conntrack-tcp-timeout-established=0s', '--conntrack-tcp-timeout-close-wait=0s'],
	]);
	const isReady = async () => {
		for (const [program, child] of Object.entries({ kubelet, 'kube-proxy': proxy }))
			if (child.exitCode !== null) throw new Error(`${program} ended:\n${lastLines(join(folder, `${program}.log`))}`);
		const node = await ifThere(cluster.core.readNode({ name }));
		return node?.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
	};
	await until(isReady, 'the second node is ready', READY_MS).catch((error) => {
		throw new Error(`${error.message}\n${lastLines(join(folder, 'kubelet.log'))}`);
	});

	const eachContainer = async (work: 'pause' | 'unpause', state: string) => {
		const { docker, close } = await engine.connect();
		const found = await docker.listContainers({ filters: { status: [state] } });
		await Promise.all(found.map(({ Id }) => docker.getContainer(Id)[work]()));
		close();
	};
	const thaw = async () => {
		engine.thaw();
		await eachContainer('unpause', 'paused');
		for (const child of [kubelet, proxy]) child.kill('SIGCONT');
	};
	return {
		name,
		place: { host: pods.gateway, within: engine.within },
		...network,
		loadImage: (image) => engine.loadImage(machine.docker, image),
		freeze: async () => {
			for (const child of [kubelet, proxy]) child.kill('SIGSTOP');
			await eachContainer('pause', 'running');
			engine.freeze();
		},
		thaw,
		remove: async () => {
			network.reconnect();
			await thaw();
			await undoAll();
		},
	};
}

/** Where pods reach the API server: on loopback, where it listens, a namespace does not. */
async function advertisedServer(): Promise<string> {
	const { core, close } = connectTestCluster('default');
	const { subsets = [] } = await core.readNamespacedEndpoints({ namespace: 'default', name: 'kubernetes' });
	close();
	return `https://${subsets[0]?.addresses?.[0]?.ip}:${subsets[0]?.ports?.[0]?.port}`;
}

/** JSON is YAML. */
function kubeconfigOf(server: string, ca: string, { cert, key }: IssuedCertificate): object {
	return {
		apiVersion: 'v1',
		kind: 'Config',
		clusters: [{ name: 'tests', cluster: { server, 'tls-server-name': 'localhost', 'certificate-authority': ca } }],
		users: [{ name: 'node', user: { 'client-certificate': cert, 'client-key': key } }],
		contexts: [{ name: 'tests', context: { cluster: 'tests', user: 'node' } }],
		'current-context': 'tests',
	};
}

function kubeletConfig(ca: string, { cert, key }: IssuedCertificate): object {
	return {
		apiVersion: 'kubelet.config.k8s.io/v1beta1',
		kind: 'KubeletConfiguration',
		authentication: { anonymous: { enabled: false }, webhook: { enabled: false }, x509: { clientCAFile: ca } },
		authorization: { mode: 'AlwaysAllow' },
		tlsCertFile: cert,
		tlsPrivateKeyFile: key,
		readOnlyPort: 0,
		cgroupDriver: 'cgroupfs',
		// The machine's kubelet ends what it finds in cgroups of pods that it does not know.
		cgroupsPerQOS: false,
		enforceNodeAllocatable: [],
		failSwapOn: false,
		nodeStatusUpdateFrequency: '2s',
		resolvConf: '/etc/resolv.conf',
		evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
		imageGCHighThresholdPercent: 100,
	};
}

async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exit = once(child, 'exit');
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
	await exit;
	clearTimeout(timer);
}

const lastLines = (file: string) => readFileSync(file, 'utf8').trim().split('\n').slice(-15).join('\n');
