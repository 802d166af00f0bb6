import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Cluster } from '../cluster.ts';
import { answeredWith, explainClusterFault } from '../cluster-fault.ts';
import { annotation, FIELD_MANAGER, label, labelsOf, type Names } from '../names.ts';
import type { Document, DocumentState, Documents, Replaced } from './document.ts';
import { unusable } from './state-fault.ts';

/** How one kind of object is read and written. */
interface Keeping {
	place: string;
	/** Rejects with 404 where the object is not there. */
	get(): Promise<DocumentState>;
	create(text: string): Promise<unknown>;
	/** Rejects with 409, or `staleBy`, where the object is not as it was read. */
	patch(text: string, version: string, before: string | null): Promise<unknown>;
	staleBy?: number;
}

const asMergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const asJsonPatch = setHeaderOptions('Content-Type', PatchStrategy.JsonPatch);

/** Of a Lease, instead of a version: whether it has any annotation. */
const [BARE, ANNOTATED] = ['bare', 'annotated'];

/** Documents in ConfigMaps and Secrets, whose version is the object's `resourceVersion`, and in annotations of Leases. */
export function clusterDocuments(cluster: Cluster, names: Names): Documents {
	const { core, coordination, namespace } = cluster;
	const fieldManager = FIELD_MANAGER;
	const labels = labelsOf(names, 'state');
	const placeOf = (kind: string, name: string) => `${kind} ${namespace}/${name}`;

	return {
		configMap: (name, key) =>
			new ClusterDocument(cluster, {
				place: placeOf('ConfigMap', name),
				// An object that lost its text is not one that was never written.
				get: async () => {
					const { metadata, data } = await core.readNamespacedConfigMap({ namespace, name });
					return { version: metadata?.resourceVersion ?? '', text: data?.[key] ?? '' };
				},
				create: (text) =>
					core.createNamespacedConfigMap({ namespace, fieldManager, body: { metadata: { name, labels }, data: { [key]: text } } }),
				patch: (text, resourceVersion) =>
					core.patchNamespacedConfigMap(
						{ namespace, name, fieldManager, body: { metadata: { resourceVersion }, data: { [key]: text } } },
						asMergePatch,
					),
			}),
		secret: (name, key) =>
			new ClusterDocument(cluster, {
				place: placeOf('Secret', name),
				get: async () => {
					const { metadata, data } = await core.readNamespacedSecret({ namespace, name });
					return { version: metadata?.resourceVersion ?? '', text: Buffer.from(data?.[key] ?? '', 'base64').toString() };
				},
				create: (text) =>
					core.createNamespacedSecret({
						namespace,
						fieldManager,
						body: { metadata: { name, labels }, type: 'Opaque', stringData: { [key]: text } },
					}),
				patch: (text, resourceVersion) =>
					core.patchNamespacedSecret(
						{ namespace, name, fieldManager, body: { metadata: { resourceVersion }, stringData: { [key]: text } } },
						asMergePatch,
					),
			}),
		roleChanges: (name) => {
			const place = placeOf('Lease', name);
			const missing = () => unusable(place, 'it is not there', '`flowferry up` makes what is missing of an environment');
			return new ClusterDocument(cluster, {
				place,
				get: async () => {
					const { metadata } = await coordination.readNamespacedLease({ namespace, name }).catch((error: unknown) => {
						throw answeredWith(error, 404) ? missing() : error;
					});
					const annotations = metadata?.annotations;
					return { version: annotations ? ANNOTATED : BARE, text: annotations?.[annotation.roleChanges] ?? null };
				},
				create: () => Promise.reject(missing()),
				// Whoever holds the lease renews the same object again and again: the annotation alone must be as it was.
				patch: (text, version, before) => {
					const all = '/metadata/annotations';
					const own = `${all}/${annotation.roleChanges.replaceAll('/', '~1')}`;
					// `null` stands for what is not there, too.
					const body =
						version === BARE
							? [
									{ op: 'test', path: all, value: null },
									{ op: 'add', path: all, value: { [annotation.roleChanges]: text } },
								]
							: [
									{ op: 'test', path: own, value: before },
									{ op: 'add', path: own, value: text },
								];
					return coordination.patchNamespacedLease({ namespace, name, fieldManager, body }, asJsonPatch);
				},
				staleBy: 422,
			});
		},
		allRoleChanges: async () => {
			const ours = labelsOf(names, 'lease');
			const labelSelector = [label.instance, label.component].map((key) => `${key}=${ours[key]}`).join(',');
			const { items } = await coordination.listNamespacedLease({ namespace, labelSelector }).catch((error: unknown) => {
				throw explainClusterFault(error, cluster);
			});
			return items.flatMap(({ metadata }) => {
				const text = metadata?.annotations?.[annotation.roleChanges];
				return text === undefined ? [] : [{ place: placeOf('Lease', metadata?.name ?? ''), text }];
			});
		},
	};
}

class ClusterDocument implements Document {
	readonly place: string;
	readonly #cluster: Cluster;
	readonly #keeping: Keeping;

	constructor(cluster: Cluster, keeping: Keeping) {
		this.place = keeping.place;
		this.#cluster = cluster;
		this.#keeping = keeping;
	}

	async read(): Promise<DocumentState> {
		try {
			return await this.#keeping.get();
		} catch (error) {
			if (answeredWith(error, 404)) return { text: null, version: null };
			throw explainClusterFault(error, this.#cluster);
		}
	}

	async replace(text: string, { text: before, version }: DocumentState): Promise<Replaced> {
		const { create, patch, staleBy = 409 } = this.#keeping;
		try {
			await (version === null ? create(text) : patch(text, version, before));
			return { outcome: 'written' };
		} catch (error) {
			// 404 of an object that was there: somebody has deleted it. 404 of a new one: there is no such namespace.
			if (answeredWith(error, 409, staleBy) || (version !== null && answeredWith(error, 404))) return { outcome: 'stale' };
			if (answeredWith(error, 413, 422)) {
				const bytes = Buffer.byteLength(text);
				throw unusable(this.place, `the cluster refuses ${bytes} bytes there`, 'an object holds 1 MiB: move some of what it says away');
			}
			const cause = explainClusterFault(error, this.#cluster);
			return isAnswer(error) ? Promise.reject(cause) : { outcome: 'unsure', cause };
		}
	}
}

/** Below 500 the server says that it has written nothing. */
function isAnswer(error: unknown): boolean {
	const { code } = error as { code?: unknown };
	return (typeof code === 'number' && code < 500) || (error as Error).name === 'FlowferryError';
}
