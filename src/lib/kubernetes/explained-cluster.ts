import type { Cluster } from './cluster.ts';
import { explainClusterFault } from './cluster-fault.ts';

/** A cluster whose calls fail in the user's words: see `explainClusterFault`. */
export function explainedCluster(cluster: Cluster): Cluster {
	const parts = Object.entries(cluster).map(([name, part]) => [
		name,
		typeof part === 'object' && name !== 'config' ? explained(part, cluster) : part,
	]);
	return Object.fromEntries(parts) as Cluster;
}

function explained<T extends object>(api: T, cluster: Cluster): T {
	return new Proxy(api, {
		get: (target, key) => {
			const member: unknown = Reflect.get(target, key, target);
			if (typeof member !== 'function') return member;
			return (...args: unknown[]) => {
				const answer: unknown = member.apply(target, args);
				if (!(answer instanceof Promise)) return answer;
				return answer.catch((error) => {
					throw explainClusterFault(error, cluster);
				});
			};
		},
	});
}
