import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { type Cluster, clusterOf } from './cluster.ts';
import { ClusterConfig } from './cluster-config.ts';
import { answeredWith, missingNamespace, withClusterFaults } from './cluster-fault.ts';

export interface ClusterChoice {
	/** A file; default: those of KUBECONFIG, else `~/.kube/config`, else the pod's own account. */
	kubeconfig?: string | undefined;
	/** Default: the kubeconfig's current one. */
	context?: string | undefined;
	/** Default: the context's, else `default`. */
	namespace?: string | undefined;
	/** For each request, all its attempts included; default: 10 s. */
	answerMs?: number | undefined;
	env: Readonly<Record<string, string | undefined>>;
}

const ANSWER_MS = 10_000;
/** Where a pod finds its account. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Finds the cluster, and asks whether it answers, knows this user, and has the namespace.
 * @throws FlowferryError as `openCluster` and `explainClusterFault`
 */
export async function connectCluster(choice: ClusterChoice): Promise<Cluster> {
	const cluster = openCluster(choice);
	try {
		await withClusterFaults(cluster, async () => {
			try {
				await cluster.core.readNamespace({ name: cluster.namespace });
			} catch (error) {
				// An account that may do what it needs within the namespace often may not look at the namespace itself.
				if (answeredWith(error, 404)) throw missingNamespace(cluster.namespace, cluster.name);
				if (!answeredWith(error, 403)) throw error;
			}
		});
		return cluster;
	} catch (error) {
		cluster.close();
		throw error;
	}
}

/**
 * The same without asking.
 * @throws FlowferryError KUBECONFIG_UNREADABLE, CONTEXT_UNKNOWN
 */
export function openCluster({ kubeconfig, context, namespace, answerMs = ANSWER_MS, env }: ClusterChoice): Cluster {
	const files = findFiles(kubeconfig, env);
	if (files.length === 0 && env.KUBERNETES_SERVICE_HOST && existsSync(join(ACCOUNT, 'token'))) return inCluster(namespace, { answerMs });
	if (files.length === 0) throw unreadable('there is no kubeconfig: KUBECONFIG is not set, and there is no ~/.kube/config');
	const config = new ClusterConfig(answerMs);
	config.loadFromOptions(merge(files.map(load)));
	const chosen = chooseContext(config, context, files);
	config.setCurrentContext(chosen.name);
	return clusterOf(config, `context ${chosen.name} (${hostOf(config)})`, namespace ?? chosen.namespace ?? 'default');
}

/**
 * The cluster that this pod is in, by the pod's own account, whose token is read anew for each request: the kubelet renews it.
 * @param namespace default: the pod's
 * @param options.root before the account's folder; for tests
 */
export function inCluster(namespace?: string, { answerMs = ANSWER_MS, root = '' }: { answerMs?: number; root?: string } = {}): Cluster {
	const config = new ClusterConfig(answerMs);
	config.loadFromCluster(root);
	const user = { name: 'pod', authProvider: { name: 'token of a pod', config: {} } };
	config.addAuthenticator({
		isAuthProvider: ({ name }) => name === user.name,
		applyAuthentication: async (_user, options) => {
			const token = await readFile(join(root, ACCOUNT, 'token'), 'utf8');
			options.headers = { ...options.headers, Authorization: `Bearer ${token.trim()}` };
		},
	});
	const [cluster, own] = [config.getClusters()[0]!, config.getContexts()[0]!];
	config.loadFromClusterAndUser(cluster, user);
	return clusterOf(config, `this pod's cluster (${hostOf(config)})`, namespace ?? own.namespace?.trim() ?? 'default');
}

/** As kubectl: of KUBECONFIG those that exist. */
function findFiles(chosen: string | undefined, env: ClusterChoice['env']): string[] {
	if (chosen) return [chosen];
	if (env.KUBECONFIG) {
		const named = env.KUBECONFIG.split(delimiter).filter((file) => file !== '');
		const there = named.filter((file) => existsSync(file));
		if (there.length === 0) throw unreadable(`KUBECONFIG names ${named.join(', ')}, which is not there`);
		return there;
	}
	const home = env.HOME ?? env.USERPROFILE;
	const usual = home ? join(home, '.kube', 'config') : '';
	return home && existsSync(usual) ? [usual] : [];
}

function load(file: string): KubeConfig {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		throw unreadable(`the kubeconfig ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
	}
	const config = new KubeConfig();
	try {
		config.loadFromString(text);
		config.makePathsAbsolute(join(file, '..'));
		return config;
	} catch (error) {
		// Its message shows the lines around, which may hold a token.
		const { mark } = error as { mark?: { line?: number } };
		throw unreadable(`${file} is no kubeconfig${mark?.line === undefined ? '' : `: see line ${mark.line + 1}`}`);
	}
}

/** As kubectl: what a file names first counts. */
function merge(configs: KubeConfig[]): Parameters<KubeConfig['loadFromOptions']>[0] {
	const first = <T extends { name: string }>(all: T[]) =>
		all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index);
	return {
		clusters: first(configs.flatMap((config) => config.getClusters())),
		users: first(configs.flatMap((config) => config.getUsers())),
		contexts: first(configs.flatMap((config) => config.getContexts())),
		currentContext: configs.map((config) => config.getCurrentContext()).find((name) => name) ?? '',
	};
}

function chooseContext(config: KubeConfig, asked: string | undefined, files: string[]) {
	const name = asked ?? config.getCurrentContext();
	const found = config.getContexts().find((context) => context.name === name);
	const names = config.getContexts().map((context) => context.name);
	if (!found) {
		const has = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
		throw new FlowferryError({
			code: 'CONTEXT_UNKNOWN',
			message: name ? `${files.join(', ')} has no context ${name}; ${has}` : `${files.join(', ')} names no current context; ${has}`,
			hint: 'name one of them in kubernetes.context, or choose it with `kubectl config use-context`',
		});
	}
	if (!config.getCluster(found.cluster)?.server || !config.getUser(found.user)) {
		throw unreadable(`${files.join(', ')}: the context ${name} names a cluster or a user that is not there`);
	}
	return found;
}

function hostOf(config: KubeConfig): string {
	const server = config.getCurrentCluster()?.server ?? '';
	return URL.canParse(server) ? new URL(server).host : server;
}

function unreadable(message: string): FlowferryError {
	return new FlowferryError({
		code: 'KUBECONFIG_UNREADABLE',
		message,
		hint: 'name a kubeconfig in kubernetes.kubeconfig or KUBECONFIG; `kubectl config view` shows what it holds',
	});
}
