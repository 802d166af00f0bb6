import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCluster } from '../../src/lib/kubernetes/connect-cluster.ts';
import { findApiServer } from './describe-with-kubernetes.ts';
import { findProgram } from './find-program.ts';
import { until } from './until.ts';

/** An API server of a test's own with its database, and nothing else of a cluster: it may be stopped, and killed. */
export interface OwnApiServer {
	/** A kubeconfig's file. */
	kubeconfig: string;
	/** SIGSTOP and SIGCONT: it accepts connections, and does not answer. */
	freeze(): void;
	thaw(): void;
	/** SIGKILL, as in a crash. */
	kill(): Promise<void>;
	/** Resolves when it answers. */
	start(): Promise<void>;
	/** Ends everything and removes everything. */
	stop(): Promise<void>;
}

const START_MS = 120_000;
const STOP_MS = 10_000;

export async function startOwnApiServer(): Promise<OwnApiServer> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-api-server-'));
	const [clients, peers, port] = await freePorts();
	const token = randomBytes(16).toString('hex');
	const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	const accounts = { public: join(folder, 'accounts.pub'), private: join(folder, 'accounts.key') };
	await writeFile(accounts.public, publicKey.export({ type: 'spki', format: 'pem' }));
	await writeFile(accounts.private, privateKey.export({ type: 'pkcs8', format: 'pem' }));
	await writeFile(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`);
	const kubeconfig = join(folder, 'kubeconfig');
	// Its certificate is its own, made at its first start.
	const certificate = join(folder, 'apiserver.crt');
	await writeFile(
		kubeconfig,
		JSON.stringify({
			clusters: [{ name: 'own', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': certificate } }],
			users: [{ name: 'admin', user: { token } }],
			contexts: [{ name: 'own', context: { cluster: 'own', user: 'admin' } }],
			'current-context': 'own',
		}),
	);

	const run = (name: string, program: string, args: string[]): ChildProcess => {
		const log = openSync(join(folder, `${name}.log`), 'a');
		const child = spawn(program, args, { stdio: ['ignore', log, log], cwd: folder });
		closeSync(log);
		return child;
	};
	const etcd = run('etcd', findProgram('etcd')!, [
		...['--data-dir', join(folder, 'etcd'), '--unsafe-no-fsync'],
		...['--listen-client-urls', `http://127.0.0.1:${clients}`, '--advertise-client-urls', `http://127.0.0.1:${clients}`],
		...['--listen-peer-urls', `http://127.0.0.1:${peers}`, '--initial-advertise-peer-urls', `http://127.0.0.1:${peers}`],
		...['--initial-cluster', `default=http://127.0.0.1:${peers}`],
	]);
	let server: ChildProcess | undefined;
	const start = async () => {
		const child = run('kube-apiserver', findApiServer()!, [
			...[`--etcd-servers=http://127.0.0.1:${clients}`, '--bind-address=127.0.0.1', `--secure-port=${port}`, `--cert-dir=${folder}`],
			// Of a cluster's address nothing is needed, and a loopback's is not taken.
			...['--endpoint-reconciler-type=none', '--service-cluster-ip-range=10.96.0.0/16', '--authorization-mode=RBAC'],
			...[`--token-auth-file=${join(folder, 'tokens.csv')}`, '--service-account-issuer=https://kubernetes.default.svc'],
			...[`--service-account-key-file=${accounts.public}`, `--service-account-signing-key-file=${accounts.private}`],
		]);
		server = child;
		await until(
			async () => {
				if (child.exitCode !== null) throw new Error(`kube-apiserver ended:\n${lastLines(join(folder, 'kube-apiserver.log'))}`);
				const cluster = await connectCluster({ kubeconfig, namespace: 'default', answerMs: 2000, env: {} }).catch(() => null);
				cluster?.close();
				return cluster !== null;
			},
			'the API server answers',
			START_MS,
		);
	};
	const stop = async () => {
		for (const child of [server, etcd]) if (child) await end(child, 'SIGTERM');
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	};
	try {
		await start();
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		kubeconfig,
		freeze: () => server?.kill('SIGSTOP'),
		thaw: () => server?.kill('SIGCONT'),
		kill: async () => {
			if (server) await end(server, 'SIGKILL');
		},
		start,
		stop,
	};
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exit = once(child, 'exit');
	// SIGKILL does not wait for it; one that went on for a moment would answer what waits.
	if (signal !== 'SIGKILL') child.kill('SIGCONT');
	child.kill(signal);
	const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
	await exit;
	clearTimeout(timer);
}

/** Held together until all are known, so that no two are the same. */
async function freePorts(): Promise<[number, number, number]> {
	const servers = [createServer(), createServer(), createServer()];
	for (const server of servers) {
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
	}
	const ports = servers.map((server) => (server.address() as { port: number }).port);
	for (const server of servers) {
		server.close();
		await once(server, 'close');
	}
	return ports as [number, number, number];
}

const lastLines = (file: string) => readFileSync(file, 'utf8').trim().split('\n').slice(-15).join('\n');
