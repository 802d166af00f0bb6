import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { verifyChain } from '../../src/lib/audit/chain.ts';
import { type Cluster, clusterOf } from '../../src/lib/kubernetes/cluster.ts';
import { label, labelsOf, namesOf } from '../../src/lib/kubernetes/names.ts';
import { clusterDocuments } from '../../src/lib/kubernetes/state/cluster-documents.ts';
import { emptyJournal } from '../../src/lib/kubernetes/state/journal-document.ts';
import { openClusterState, openWatchedFailover } from '../../src/lib/kubernetes/state/open-cluster-state.ts';
import { initialState } from '../../src/lib/promotion/machine.ts';
import { draft } from '../support/audit-drafts.ts';
import { describeAuditLog } from '../support/audit-log-contract.ts';
import { connectTestCluster, describeWithKubernetes, makeNamespace } from '../support/describe-with-kubernetes.ts';
import { describeDocuments } from '../support/documents-contract.ts';
import { describeFailoverStore, roleChange } from '../support/failover-store-contract.ts';
import { describeJournal } from '../support/journal-contract.ts';
import { describePlanMemory } from '../support/plan-memory-contract.ts';

describeWithKubernetes('what an environment remembers, in a namespace', () => {
	let cluster: Cluster;
	let remove: () => Promise<void>;
	const connections: Cluster[] = [];
	beforeAll(async () => {
		({ cluster, remove } = await makeNamespace());
	});
	afterAll(async () => {
		await remove();
		for (const connection of [...connections, cluster]) connection.close();
	});

	/** Of an environment of its own in the one namespace. */
	let environments = 0;
	const fresh = () => `plant${++environments}`;
	const addLease = (prefix: string, name: string, annotations: Record<string, string> = {}) =>
		cluster.coordination.createNamespacedLease({
			namespace: cluster.namespace,
			body: { metadata: { name, labels: labelsOf({ prefix }, 'lease'), annotations } },
		});
	const now = () => new Date();
	/** As another machine has it: a connection of its own. */
	const another = () => {
		const connection = connectTestCluster(cluster.namespace);
		connections.push(connection);
		return connection;
	};
	const open = async () => {
		const prefix = fresh();
		for (const seat of ['active', 'active/0', 'active/1']) await addLease(prefix, namesOf(prefix).lease(seat));
		return {
			prefix,
			names: namesOf(prefix),
			state: openClusterState(cluster, prefix, now),
			other: openClusterState(another(), prefix, now),
		};
	};
	const close = () => undefined;

	describeDocuments('documents in a namespace', async () => {
		const { namespace, core, coordination } = cluster;
		const closing = async () => {
			await core.deleteNamespacedConfigMap({ namespace, name: 'plant-notes' }).catch(() => undefined);
			await core.deleteNamespacedSecret({ namespace, name: 'plant-secret' }).catch(() => undefined);
			await coordination.deleteNamespacedLease({ namespace, name: 'plant-active' }).catch(() => undefined);
		};
		return {
			store: {
				documents: clusterDocuments(cluster, namesOf('plant')),
				addLease: async (name, annotations) => void (await addLease('plant', name, annotations)),
				remove: async (_, name) => void (await core.deleteNamespacedConfigMap({ namespace, name })),
			},
			close: closing,
		};
	});
	describeJournal('the journal in a ConfigMap', async (clock) => ({ store: openClusterState(cluster, fresh(), clock).journal, close }));
	describeFailoverStore('what instances share in a namespace', async (clock) => {
		const { prefix } = await open();
		return { store: openClusterState(cluster, prefix, clock), close };
	});
	describeAuditLog('the audit in ConfigMaps', async () => {
		const prefix = fresh();
		return { store: async () => openClusterState(another(), prefix, now).audit, close };
	});
	describePlanMemory('the memory of plans in a namespace', async () => {
		const prefix = fresh();
		return { store: async () => openClusterState(another(), prefix, now).plans, close };
	});

	it('loses nothing of two machines that write to a journal at once', async () => {
		const { state, other } = await open();
		const release = await state.journal.createRelease('a'.repeat(64));
		const { id } = await state.journal.begin(
			{ kind: 'promote', strategy: 'first', from: null, to: { slot: 'blue', release } },
			'me',
			initialState,
		);
		const each = [0, 1, 2, 3];
		await Promise.all([
			...each.map(() => state.journal.record(id, initialState, false)),
			...each.map((number) => other.plans.remember(number, { port: 'x' })),
			other.journal.setServingSlot('blue'),
			state.journal.setSlot('blue', release),
			other.failover.pause({ by: 'you', since: '2026-01-01T00:00:00.000Z', until: null, reason: 'asked' }),
			...each.map(() => other.journal.createRelease('b'.repeat(64))),
		]);
		expect(await state.journal.entries(id)).toHaveLength(4);
		expect(await Promise.all(each.map((number) => state.plans.recall(number)))).toEqual(each.map(() => ({ port: 'x' })));
		expect(await state.failover.intent()).toMatchObject({ servingSlot: 'blue', promotion: initialState, paused: { by: 'you' } });
		expect(await state.journal.slots()).toEqual({ blue: release, green: null });
		expect((await state.journal.release(5))?.snapshot).toBe('b'.repeat(64));
	});

	it('loses no change of a role to whoever renews the lease meanwhile, or writes another', async () => {
		const { prefix, names, state, other } = await open();
		const { coordination, namespace } = cluster;
		const name = names.lease('active');
		let [renewed, done] = [0, false];
		const renew = async () => {
			const lease = await coordination.readNamespacedLease({ namespace, name });
			lease.spec = { ...lease.spec, leaseTransitions: renewed };
			await coordination.replaceNamespacedLease({ namespace, name, body: lease }).then(
				() => renewed++,
				() => undefined,
			);
		};
		const renewing = (async () => {
			while (!done) await renew();
		})();
		const tokens = Array.from({ length: 12 }, (_, token) => token);
		await Promise.all(tokens.map((token) => (token % 2 ? state : other).failover.record(roleChange(token))));
		done = true;
		await renewing;
		expect(renewed).toBeGreaterThan(0);
		expect((await state.failover.changes(100)).map(({ token }) => token)).toEqual(tokens.toReversed());
		const watched = openWatchedFailover(cluster, prefix, () => ({ ...emptyJournal, servingSlot: 'green' }), now);
		expect([await watched.intent(), (await watched.changes(1))[0]?.token]).toEqual([
			{ servingSlot: 'green', promotion: null, paused: null },
			11,
		]);
	});

	it('leaves what others wrote at its objects as it is, and says whose they are', async () => {
		const { names, state } = await open();
		await state.journal.setServingSlot('blue');
		const { core, namespace } = cluster;
		const found = await core.readNamespacedConfigMap({ namespace, name: names.journal });
		found.metadata = { ...found.metadata, annotations: { 'plant.example/owner': 'ann' } };
		await core.replaceNamespacedConfigMap({ namespace, name: names.journal, body: found });
		await state.journal.setServingSlot('green');
		const { metadata, data } = await core.readNamespacedConfigMap({ namespace, name: names.journal });
		expect(metadata?.annotations).toEqual({ 'plant.example/owner': 'ann' });
		expect(metadata?.labels).toMatchObject({ [label.instance]: names.prefix, [label.component]: 'state' });
		expect(JSON.parse(data?.['journal.json'] ?? '')).toMatchObject({ format: 1, servingSlot: 'green' });
	});

	it('says which object is damaged, and where', async () => {
		const { names, state } = await open();
		await state.journal.setServingSlot('blue');
		const { core, namespace } = cluster;
		const spoil = async (text: string | null) => {
			const body = { metadata: { name: names.journal }, data: text === null ? {} : { 'journal.json': text } };
			await core.replaceNamespacedConfigMap({ namespace, name: names.journal, body });
		};
		await spoil('{\n "format": 1,\n "servingSlot": blue\n}');
		const fault = {
			code: 'STATE_UNUSABLE',
			exitStatus: 5,
			message: expect.stringMatching(`ConfigMap ${namespace}/${names.journal}.*line 3, column 17`),
		};
		await expect(state.journal.servingSlot()).rejects.toMatchObject(fault);
		await expect(state.journal.setServingSlot('green')).rejects.toMatchObject(fault);
		await spoil(null);
		await expect(state.failover.intent()).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
		await core.deleteNamespacedConfigMap({ namespace, name: names.journal });
		expect(await state.journal.servingSlot()).toBeNull();
	});

	it('goes on in another part of the audit before one is full', async () => {
		const { names, state } = await open();
		const long = { ...draft().subject, override: 'o'.repeat(200_000) };
		for (let index = 0; index < 5; index++) await state.audit.append(draft({ subject: long }));
		const { entries, head } = await state.audit.read();
		expect([entries.length, verifyChain(entries, head)]).toEqual([5, null]);
		const parts = await Promise.all(
			[1, 2, 3].map((part) => cluster.core.readNamespacedConfigMap({ namespace: cluster.namespace, name: names.audit(part) })),
		);
		expect(parts.map(({ data }) => data?.['entries.jsonl']?.trim().split('\n').length)).toEqual([2, 2, 1]);
		expect((await state.audit.read(4)).entries.map(({ sequence }) => sequence)).toEqual([5]);
	});

	it('says what an account may not do', async () => {
		const { names, state } = await open();
		const { namespace } = cluster;
		const account = `system:serviceaccount:${namespace}:${names.serviceAccount}`;
		const as = another();
		Object.assign(as.config.getCurrentUser() ?? {}, { impersonateUser: account });
		const forbidden = openClusterState(as, names.prefix, now);
		const fault = (verb: string, resource: string) => ({
			code: 'CLUSTER_FORBIDDEN',
			message: expect.stringContaining(`${account} may not ${verb} ${resource}`),
			hint: expect.stringContaining(`kubectl auth can-i ${verb}`),
		});
		await expect(forbidden.journal.slots()).rejects.toMatchObject(fault('get', 'configmaps'));
		await expect(forbidden.audit.append(draft())).rejects.toMatchObject(fault('get', 'configmaps'));
		await expect(forbidden.plans.key()).rejects.toMatchObject(fault('get', 'secrets'));
		await expect(forbidden.failover.changes(1)).rejects.toMatchObject(fault('list', 'leases.coordination.k8s.io'));

		// A pod's: it reads the journal, and writes to its seat's Lease, which is there.
		const rules = [
			{ apiGroups: [''], resources: ['configmaps'], resourceNames: [names.journal], verbs: ['get'] },
			{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames: [names.lease('active')], verbs: ['get', 'patch'] },
			{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['list'] },
		];
		const metadata = { name: names.prefix };
		const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: names.prefix };
		const subjects = [{ kind: 'ServiceAccount', name: names.serviceAccount, namespace }];
		await cluster.rbac.createNamespacedRole({ namespace, body: { metadata, rules } });
		await cluster.rbac.createNamespacedRoleBinding({ namespace, body: { metadata, roleRef, subjects } });
		await state.journal.setServingSlot('blue');
		const allowed = Date.now() + 5000;
		while (Date.now() < allowed && (await forbidden.journal.slots().catch(() => null)) === null);
		expect((await forbidden.failover.intent()).servingSlot).toBe('blue');
		await forbidden.failover.record(roleChange(1));
		expect(await forbidden.failover.changes(9)).toEqual([roleChange(1)]);
		await expect(forbidden.journal.setServingSlot('green')).rejects.toMatchObject(fault('patch', 'configmaps'));
		await expect(forbidden.failover.record(roleChange(1, { seat: 'primary' }))).rejects.toMatchObject(
			fault('get', 'leases.coordination.k8s.io'),
		);
	});

	it('writes everything once where answers are lost on their way', async () => {
		const server = new URL(cluster.config.getCurrentCluster()?.server ?? '');
		let cutting = false;
		const proxy = createServer((socket) => {
			const upstream = connect(Number(server.port), server.hostname);
			const end = () => {
				socket.destroy();
				upstream.destroy();
			};
			for (const side of [socket, upstream]) side.on('error', end).on('close', end);
			socket.pipe(upstream);
			upstream.on('data', (data) => {
				if (cutting) end();
				else socket.write(data);
				cutting = false;
			});
		});
		await once(proxy.listen(0, '127.0.0.1'), 'listening');
		const far = another();
		Object.assign(far.config.getCurrentCluster() ?? {}, { server: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}` });
		const away = clusterOf(far.config, far.name, far.namespace);
		const patch = away.core.patchNamespacedConfigMap.bind(away.core);
		let cuts = 0;
		away.core.patchNamespacedConfigMap = (...call: Parameters<typeof patch>) => {
			cutting = cuts % 2 === 0;
			cuts++;
			return patch(...call);
		};
		const { prefix, state } = await open();
		const { journal, audit } = openClusterState(away, prefix, now);
		const release = await journal.createRelease('a'.repeat(64));
		const { id } = await journal.begin(
			{ kind: 'promote', strategy: 'first', from: null, to: { slot: 'blue', release } },
			'me',
			initialState,
		);
		for (let index = 0; index < 5; index++) {
			await journal.record(id, initialState, false);
			await audit.append(draft());
		}
		proxy.close();
		expect(cuts).toBeGreaterThan(10);
		expect([(await state.journal.history(9)).length, (await state.journal.entries(id)).length]).toEqual([1, 5]);
		const { entries, head } = await state.audit.read();
		expect([entries.length, verifyChain(entries, head)]).toEqual([5, null]);
	});

	it('says that there is no such namespace', async () => {
		const nowhere = openClusterState({ ...cluster, namespace: `${cluster.namespace}-none` }, 'plant', now);
		await expect(nowhere.journal.setServingSlot('blue')).rejects.toMatchObject({ code: 'NAMESPACE_MISSING' });
	});
});
