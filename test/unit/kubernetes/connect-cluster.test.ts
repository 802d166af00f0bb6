import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Cluster } from '../../../src/lib/kubernetes/cluster.ts';
import { connectCluster, inCluster, openCluster } from '../../../src/lib/kubernetes/connect-cluster.ts';
import { createAuthority } from '../../support/engine-certificates.ts';

const kubeconfig = (name: string, server: string, user: object = { token: 's3cret' }, namespace?: string) =>
	JSON.stringify({
		clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
		users: [{ name, user }],
		contexts: [{ name, context: { cluster: name, user: name, ...(namespace ? { namespace } : {}) } }],
		'current-context': name,
	});

describe('finding a cluster', () => {
	let folder: string;
	const write = async (name: string, text: string) => {
		const file = join(folder, name);
		await mkdir(join(file, '..'), { recursive: true });
		await writeFile(file, text);
		return file;
	};

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'flowferry-kubeconfig-'));
	});
	afterEach(async () => {
		await rm(folder, { recursive: true });
	});

	it('takes the file that is named, else those of KUBECONFIG, else ~/.kube/config', async () => {
		await write('.kube/config', kubeconfig('home', 'http://home:1'));
		const a = await write('a', kubeconfig('a', 'http://a:1'));
		const b = await write('b', kubeconfig('b', 'http://b:1'));
		const env = { HOME: folder };
		expect(openCluster({ env }).name).toBe('context home (home:1)');
		const both = { ...env, KUBECONFIG: [join(folder, 'missing'), a, b].join(delimiter) };
		expect(openCluster({ env: both }).name).toBe('context a (a:1)');
		expect(openCluster({ env: both, context: 'b' }).name).toBe('context b (b:1)');
		expect(openCluster({ env: both, kubeconfig: b }).name).toBe('context b (b:1)');
	});

	it('takes what a file names first where two name the same', async () => {
		const a = await write('a', kubeconfig('same', 'http://a:1'));
		const b = await write('b', kubeconfig('same', 'http://b:1'));
		expect(openCluster({ env: { KUBECONFIG: [a, b].join(delimiter) } }).name).toBe('context same (a:1)');
	});

	it("works in the namespace that is named, else the context's, else default", async () => {
		const env = {};
		const plain = await write('plain', kubeconfig('a', 'http://a:1'));
		const own = await write('own', kubeconfig('a', 'http://a:1', {}, 'plant'));
		expect(openCluster({ env, kubeconfig: plain }).namespace).toBe('default');
		expect(openCluster({ env, kubeconfig: own }).namespace).toBe('plant');
		expect(openCluster({ env, kubeconfig: own, namespace: 'other' }).namespace).toBe('other');
	});

	it.each<[what: string, text: string | null, code: string, words: string]>([
		['is not there', null, 'KUBECONFIG_UNREADABLE', 'ENOENT'],
		['is no YAML', 'users:\n- token: s3cret\n  "', 'KUBECONFIG_UNREADABLE', 'is no kubeconfig: see line 3'],
		['is no kubeconfig', '', 'KUBECONFIG_UNREADABLE', 'is no kubeconfig'],
		['has no contexts', '{}', 'CONTEXT_UNKNOWN', 'it has none'],
		[
			'names a context that is not there',
			kubeconfig('a', 'http://a:1').replace('"current-context":"a"', '"current-context":"b"'),
			'CONTEXT_UNKNOWN',
			'has no context b; it has a',
		],
		[
			'names a cluster that is not there',
			kubeconfig('a', 'http://a:1').replace('"cluster":"a"', '"cluster":"b"'),
			'KUBECONFIG_UNREADABLE',
			'the context a names a cluster or a user that is not there',
		],
	])('says what is wrong where the file %s, and shows no secret', async (_what, text, code, words) => {
		const file = text === null ? join(folder, 'missing') : await write('config', text);
		const error = catchError(() => openCluster({ env: {}, kubeconfig: file }));
		expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
		expect(error.message).toContain(file);
		expect(JSON.stringify(error)).not.toContain('s3cret');
	});

	it('says that there is none', () => {
		const code = 'KUBECONFIG_UNREADABLE';
		expect(catchError(() => openCluster({ env: { HOME: folder } }))).toMatchObject({ code });
		expect(catchError(() => openCluster({ env: { KUBECONFIG: join(folder, 'x') } }))).toMatchObject({ code });
	});

	describe('that answers', () => {
		let server: Server;
		let url: string;
		let answer: (request: IncomingMessage, response: ServerResponse) => void;
		let seen: IncomingMessage[];
		let connections: number;
		const opened: Cluster[] = [];
		const open = async (answerMs: number, user?: object) => {
			const file = await write('config', kubeconfig('test', url, user));
			const cluster = openCluster({ env: {}, kubeconfig: file, namespace: 'plant', answerMs });
			opened.push(cluster);
			return cluster;
		};
		const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) => {
			response.writeHead(status, { 'content-type': 'application/json', ...headers });
			response.end(JSON.stringify(body));
		};
		const list = { kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] };
		const read = async (cluster: Cluster) => await cluster.core.listNamespacedConfigMap({ namespace: 'plant' });

		beforeEach(async () => {
			seen = [];
			connections = 0;
			answer = (_request, response) => json(response, 200, list);
			server = createServer((request, response) => {
				seen.push(request);
				answer(request, response);
			});
			server.on('connection', () => connections++);
			server.listen(0, '127.0.0.1');
			await once(server, 'listening');
			url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		});
		afterEach(async () => {
			for (const cluster of opened.splice(0)) cluster.close();
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		});

		it('signs in, and keeps its connection', async () => {
			const cluster = await open(5000);
			for (let times = 0; times < 5; times++) await read(cluster);
			// One more where it is asked again before the connection is free.
			expect(connections).toBeLessThanOrEqual(2);
			expect(seen[4]!.headers).toMatchObject({ authorization: 'Bearer s3cret', 'user-agent': 'flowferry' });
		});

		it('keeps its connections with TLS, too, one for each that asks at the same time', async () => {
			const authority = await createAuthority(join(folder, 'tls'));
			const { cert, key } = await authority.issue('server', 'serverAuth', 'IP:127.0.0.1');
			const secure = createTlsServer({ cert: await readFile(cert), key: await readFile(key) }, (_request, response) =>
				json(response, 200, list),
			);
			let handshakes = 0;
			secure.on('secureConnection', () => handshakes++);
			secure.listen(0, '127.0.0.1');
			await once(secure, 'listening');
			const text = JSON.parse(kubeconfig('tls', `https://127.0.0.1:${(secure.address() as AddressInfo).port}`));
			text.clusters[0].cluster = { server: text.clusters[0].cluster.server, 'certificate-authority': authority.ca };
			const cluster = openCluster({ env: {}, kubeconfig: await write('tls/config', JSON.stringify(text)), namespace: 'plant' });
			for (let times = 0; times < 5; times++) await read(cluster);
			expect(handshakes).toBeLessThanOrEqual(2);
			cluster.close();
			secure.closeAllConnections();
			secure.close();
			await once(secure, 'close');
		});

		it('gives up in time where nobody answers', async () => {
			answer = () => {};
			const begun = performance.now();
			await expect(read(await open(300))).rejects.toThrow(/timeout/);
			expect(performance.now() - begun).toBeLessThan(3000);
		});

		it('gives up in time where an answer does not end', async () => {
			answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{');
			await expect(read(await open(300))).rejects.toThrow();
		});

		it.each([429, 500, 503])('reads again after %i, when the server says so', async (status) => {
			answer = (_request, response) => json(response, seen.length < 3 ? status : 200, list, { 'retry-after': '0.05' });
			await read(await open(5000));
			expect(seen).toHaveLength(3);
			const [first, last] = [seen[0]!, seen[2]!];
			expect(last.url).toBe(first.url);
		});

		it('does not wait for longer than its time', async () => {
			answer = (_request, response) => json(response, 429, {}, { 'retry-after': '60' });
			const begun = performance.now();
			await expect(read(await open(1000))).rejects.toMatchObject({ code: 429 });
			expect(performance.now() - begun).toBeLessThan(900);
			expect(seen).toHaveLength(1);
		});

		it('writes again what was turned away unheard, and nothing else', async () => {
			const cluster = await open(5000);
			const write = () => cluster.core.createNamespacedConfigMap({ namespace: 'plant', body: { metadata: { name: 'x' } } });
			answer = (_request, response) => json(response, seen.length < 2 ? 429 : 201, { metadata: { name: 'x' } });
			await write();
			expect(seen).toHaveLength(2);
			answer = (_request, response) => json(response, 503, {});
			await expect(write()).rejects.toMatchObject({ code: 503 });
			expect(seen).toHaveLength(3);
		});

		it('reads again where the connection was just ended', async () => {
			const cluster = await open(5000);
			answer = (request, response) => (seen.length === 1 ? request.socket.destroy() : json(response, 200, list));
			await read(cluster);
			expect(seen).toHaveLength(2);
		});

		it('is asked for the namespace, which it may not show', async () => {
			const file = await write('config', kubeconfig('test', url));
			const connect = async () => {
				opened.push(await connectCluster({ env: {}, kubeconfig: file, namespace: 'plant' }));
			};
			answer = (_request, response) => json(response, 403, { message: 'no' });
			await connect();
			answer = (_request, response) => json(response, 404, { message: 'not found' });
			await expect(connect()).rejects.toMatchObject({ code: 'NAMESPACE_MISSING' });
			answer = (_request, response) => json(response, 401, {});
			await expect(connect()).rejects.toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
		});

		it('says that signing in fails, and not what the program for it said', async () => {
			const exec = {
				apiVersion: 'client.authentication.k8s.io/v1',
				command: 'node',
				args: ['-e', 'console.error("s3cret");process.exit(1)'],
			};
			const error = await read(await open(5000, { exec })).then(
				() => null,
				(fault: Error) => fault,
			);
			expect(error).toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
			expect(error!.message).not.toContain('s3cret');
		});

		it('names a file of the kubeconfig that cannot be read', async () => {
			const file = join(folder, 'missing.pem');
			await expect(read(await open(5000, { 'client-certificate': file, 'client-key': file }))).rejects.toMatchObject({
				code: 'KUBECONFIG_UNREADABLE',
				message: expect.stringContaining(file),
			});
		});

		it("in a pod: works by the pod's account, and reads its token anew", async () => {
			const account = 'var/run/secrets/kubernetes.io/serviceaccount';
			await write(`${account}/token`, 'first\n');
			await write(`${account}/namespace`, 'plant\n');
			await write(`${account}/ca.crt`, '');
			const cluster = inCluster(undefined, { root: folder });
			opened.push(cluster);
			expect(cluster.namespace).toBe('plant');
			Object.assign(cluster.config.getClusters()[0]!, { server: url, skipTLSVerify: true, caFile: undefined });
			await cluster.config.get('/api', {});
			await write(`${account}/token`, 'second\n');
			await cluster.config.get('/api', {});
			expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
		});
	});
});

function catchError(work: () => unknown): Error {
	try {
		work();
	} catch (error) {
		return error as Error;
	}
	throw new Error('nothing was thrown');
}
