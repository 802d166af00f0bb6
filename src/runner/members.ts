import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { ports, urlHost } from '../lib/kubernetes/names.ts';
import type { PodsInView } from '../lib/kubernetes/pods-in-view.ts';
import { type FindRunner, RunnerInstance, runnerByFile } from '../lib/targets/runner-instance.ts';

/** As in `MembersPlace`. */
const ADDRESS_FILE = 'address.json';

/** Another instance's answer from memory. */
const ANSWER_MS = 1000;

/** The instances of an environment, this one among them. */
export interface Members {
	/** Those that have an address; whether anybody answers there shows when they are asked. */
	all(): RunnerInstance[];
	/** @param instance `blue/0`; whether there is one of that name shows when it is asked */
	named(instance: string): RunnerInstance;
}

/** Instances that write into a folder how they are reached. */
export function membersInFolder(folder: string, tokenFile: string): Members {
	const named = (instance: string) => {
		const addressFile = join(folder, instance, ADDRESS_FILE);
		return new RunnerInstance(instance, runnerByFile({ addressFile, tokenFile }), ANSWER_MS, async () => {});
	};
	return {
		all: () => globSync(join('*', '*', ADDRESS_FILE), { cwd: folder }).map((file) => named(file.split(sep).slice(0, 2).join('/'))),
		named,
	};
}

/** The pods of an environment, by their addresses. */
export function membersByPods(pods: PodsInView, tokenFile: string): Members {
	const named = (instance: string) => {
		// Each time anew: a pod that takes the place of another has another address, and the token may be renewed.
		const find: FindRunner = () => {
			const address = pods.all().find((pod) => pod.instance === instance)?.address;
			return address ? { url: `http://${urlHost(address)}:${ports.control}`, token: readFileSync(tokenFile, 'utf8').trim() } : null;
		};
		return new RunnerInstance(instance, find, ANSWER_MS, async () => {});
	};
	return {
		all: () =>
			pods
				.all()
				.filter(({ address }) => address !== null)
				.map(({ instance }) => named(instance)),
		named,
	};
}
