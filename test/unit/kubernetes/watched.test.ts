import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1ConfigMap } from '@kubernetes/client-node';
import type { Cluster } from '../../../src/lib/kubernetes/cluster.ts';
import { openCluster } from '../../../src/lib/kubernetes/connect-cluster.ts';
import { Watched } from '../../../src/lib/kubernetes/watched.ts';
import { until } from '../../support/until.ts';

/** As an API server keeps a collection; what watches are told is the test's to say. */
class Collection {
	version = 10;
	readonly objects = new Map<string, V1ConfigMap>();
	watches: { from: string; response: ServerResponse }[] = [];
	lists = 0;
	answers = true;

	put(name: string, value: string): V1ConfigMap {
		const object = { metadata: { name, resourceVersion: String(++this.version) }, data: { value } };
		this.objects.set(name, object);
		return object;
	}

	delete(name: string): V1ConfigMap {
		const object = { ...this.objects.get(name)!, metadata: { name, resourceVersion: String(++this.version) } };
		this.objects.delete(name);
		return object;
	}

	tell(type: string, object: object): void {
		for (const { response } of this.watches) response.write(`${JSON.stringify({ type, object })}\n`);
	}

	serve(url: URL, response: ServerResponse): void {
		if (!this.answers) return;
		response.writeHead(200, { 'content-type': 'application/json' });
		if (url.searchParams.get('watch') === 'true') {
			response.flushHeaders();
			const watch = { from: url.searchParams.get('resourceVersion')!, response };
			this.watches.push(watch);
			response.on('close', () => {
				this.watches = this.watches.filter((one) => one !== watch);
			});
			return;
		}
		this.lists++;
		response.end(JSON.stringify({ metadata: { resourceVersion: String(this.version) }, items: [...this.objects.values()] }));
	}
}

describe('objects kept in memory', () => {
	let folder: string;
	let server: Server;
	let collection: Collection;
	let cluster: Cluster;
	let watched: Watched<V1ConfigMap>;
	let changes: string[];

	beforeEach(async () => {
		collection = new Collection();
		server = createServer((request, response) => collection.serve(new URL(request.url!, 'http://x'), response));
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		folder = await mkdtemp(join(tmpdir(), 'flowferry-watched-'));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const text = {
			clusters: [{ name: 'x', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
			users: [{ name: 'x', user: {} }],
			contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
			'current-context': 'x',
		};
		await writeFile(join(folder, 'kubeconfig'), JSON.stringify(text));
		cluster = openCluster({ env: {}, kubeconfig: join(folder, 'kubeconfig') });
		changes = [];
	});
	afterEach(async () => {
		watched.close();
		cluster.close();
		server.closeAllConnections();
		server.close();
		await once(server, 'close');
		await rm(folder, { recursive: true });
	});

	const start = async (silentMs = 60_000) => {
		watched = new Watched({ cluster, path: '/api/v1/namespaces/x/configmaps', silentMs });
		watched.on('changed', (name, object) => changes.push(`${name}: ${object?.data?.value ?? 'gone'}`));
		await watched.start();
		await until(() => collection.watches.length === 1, 'a watch is there');
	};

	it('are there from the start, and follow the watch', async () => {
		collection.put('a', '1');
		await start();
		expect(watched.get('a')?.data).toEqual({ value: '1' });
		expect(collection.watches[0]!.from).toBe('11');
		collection.tell('MODIFIED', collection.put('a', '2'));
		collection.tell('ADDED', collection.put('b', '1'));
		collection.tell('DELETED', collection.delete('a'));
		collection.tell('BOOKMARK', { metadata: { resourceVersion: '20' } });
		await until(() => watched.get('a') === null, 'a is gone');
		expect(watched.read().map((object) => object.metadata?.name)).toEqual(['b']);
		expect(changes).toEqual(['a: 1', 'a: 2', 'b: 1', 'a: gone']);
		expect(collection.lists).toBe(1);
	});

	it('are told of once, and never go back', async () => {
		await start();
		const [older, newer] = [collection.put('a', '1'), collection.put('a', '2')];
		for (const object of [newer, newer, older]) collection.tell('MODIFIED', object);
		collection.tell('MODIFIED', collection.put('a', '3'));
		await until(() => watched.get('a')?.data?.value === '3', 'the last is there');
		expect(changes).toEqual(['a: 2', 'a: 3']);
	});

	it('are listed anew where the watch ends, or begins too early for the server', async () => {
		await start();
		collection.put('a', '1');
		collection.tell('ERROR', { kind: 'Status', code: 410, message: 'too old resource version' });
		await until(() => changes.length === 1 && collection.watches[0]?.from === '11', 'all is listed anew');
		collection.put('a', '2');
		collection.watches[0]!.response.destroy();
		await until(() => changes.length === 2, 'and again');
		expect(changes).toEqual(['a: 1', 'a: 2']);
	});

	it('follow a database that was restored, whose versions go back', async () => {
		collection.version = 1000;
		collection.put('a', 'lost');
		await start();
		collection.version = 500;
		collection.put('a', 'restored');
		collection.watches[0]!.response.destroy();
		await until(() => watched.get('a')?.data?.value === 'restored', 'what was restored is there');
	});

	it('are known to be true where the watch is silent: the server is asked', async () => {
		collection.put('a', '1');
		await start(600);
		await until(() => collection.lists > 3 && watched.silentForMs < 600, 'the server was asked');
		expect(watched.read()).toHaveLength(1);
	});

	it('come by listing where the watch is stuck, which then begins anew', async () => {
		await start(600);
		const stuck = collection.watches[0];
		const timer = setInterval(() => collection.put('a', String(collection.version)), 50);
		await until(() => changes.length > 1 && collection.watches.length > 0 && collection.watches[0] !== stuck, 'another watch is there');
		clearInterval(timer);
	});

	it('are not read where nobody was heard of for too long, and come again', async () => {
		collection.put('a', '1');
		await start(600);
		collection.answers = false;
		await until(() => watched.silentForMs > 650, 'nothing was heard');
		expect(() => watched.read()).toThrow(expect.objectContaining({ code: 'CLUSTER_OUT_OF_TOUCH' }));
		expect(() => watched.get('a')).toThrow(expect.objectContaining({ code: 'CLUSTER_OUT_OF_TOUCH' }));
		collection.put('a', '2');
		collection.answers = true;
		await until(() => watched.silentForMs < 600, 'it was heard of again');
		expect(watched.get('a')?.data).toEqual({ value: '2' });
	});

	it('are not watched where they cannot be listed at first', async () => {
		collection.serve = (_url, response) => {
			response.writeHead(403);
			response.end(JSON.stringify({ message: 'User "joe" cannot list resource "configmaps" in API group "" in the namespace "x"' }));
		};
		watched = new Watched({ cluster, path: '/api/v1/namespaces/x/configmaps' });
		await expect(watched.start()).rejects.toMatchObject({ code: 'CLUSTER_FORBIDDEN' });
	});

	it('are left alone after the end', async () => {
		await start(300);
		watched.close();
		await until(() => collection.watches.length === 0, 'the watch has ended');
		await sleep(200);
		const { lists } = collection;
		await sleep(500);
		expect(collection.lists).toBe(lists);
	});
});
