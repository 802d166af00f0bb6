import { ApiException } from '@kubernetes/client-node';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import { answeredWith, explainClusterFault, isOlder, withClusterFaults } from '../../../src/lib/kubernetes/cluster-fault.ts';

const cluster = { name: 'context plant (10.0.0.1:6443)', namespace: 'line-1' };
const answer = (code: number, body: unknown) => new ApiException(code, 'Unknown API Status Code!', body, {});
const status = (message: string, details?: object) => JSON.stringify({ kind: 'Status', message, details });
const connection = (code: string) => Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) });
const explain = (error: unknown) => explainClusterFault(error, cluster) as FlowferryError;

const cannot =
	'leases.coordination.k8s.io "x-active" is forbidden: User "system:serviceaccount:line-1:x" cannot update resource "leases" in API group "coordination.k8s.io" in the namespace "line-1"';

describe('faults of a cluster', () => {
	it.each<[what: string, error: unknown, code: string, words: string]>([
		['a missing token', answer(401, status('Unauthorized')), 'CLUSTER_UNAUTHORIZED', 'does not know this user'],
		[
			'a missing right',
			answer(403, status(cannot)),
			'CLUSTER_FORBIDDEN',
			'system:serviceaccount:line-1:x may not update leases.coordination.k8s.io in the namespace line-1',
		],
		[
			'a missing right in the core group',
			answer(403, status('pods is forbidden: User "joe" cannot list resource "pods" in API group "" at the cluster scope')),
			'CLUSTER_FORBIDDEN',
			'joe may not list pods in the whole cluster',
		],
		['a quota', answer(403, status('pods "x" is forbidden: exceeded quota: small')), 'CLUSTER_FORBIDDEN', 'exceeded quota: small'],
		[
			'a missing namespace',
			answer(404, status('namespaces "line-1" not found', { kind: 'namespaces', name: 'line-1' })),
			'NAMESPACE_MISSING',
			'has no namespace line-1',
		],
		['too many requests', answer(429, 'Too many requests, please try again later.\n'), 'CLUSTER_BUSY', '429'],
		['a server that starts', answer(503, 'the server is currently unable to handle the request'), 'CLUSTER_UNREACHABLE', 'not ready'],
		['a bad object', answer(422, status('Lease "x" is invalid: spec: Required')), 'CLUSTER_REFUSED', 'Lease "x" is invalid'],
		['a body that is parsed already', { code: 403, body: JSON.parse(status(cannot)) }, 'CLUSTER_FORBIDDEN', 'may not update'],
		['a body of bytes', answer(500, Buffer.from(status('etcd is away'))), 'CLUSTER_REFUSED', 'etcd is away'],
		['a time-out', new DOMException('The operation was aborted due to timeout', 'TimeoutError'), 'CLUSTER_UNREACHABLE', 'in time'],
		['nobody there', connection('ECONNREFUSED'), 'CLUSTER_UNREACHABLE', 'nothing listens'],
		['a name that is not known', connection('ENOTFOUND'), 'CLUSTER_UNREACHABLE', 'name is not known'],
		['a connection that broke', connection('UND_ERR_SOCKET'), 'CLUSTER_UNREACHABLE', 'in the middle of a call'],
		["another authority's certificate", connection('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'CLUSTER_UNREACHABLE', 'certificate'],
		['an expired certificate', connection('CERT_HAS_EXPIRED'), 'CLUSTER_UNREACHABLE', 'certificate'],
		["a client's certificate that is refused", connection('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'CLUSTER_UNAUTHORIZED', 'client certificate'],
		['a key that is none', connection('ERR_OSSL_PEM_NO_START_LINE'), 'KUBECONFIG_UNREADABLE', 'certificate or key'],
		['no TLS', connection('ERR_SSL_WRONG_VERSION_NUMBER'), 'CLUSTER_UNREACHABLE', 'TLS'],
	])('says what is wrong, and what to do: %s', (_what, error, code, words) => {
		const explained = explain(error);
		expect(explained).toBeInstanceOf(FlowferryError);
		expect(explained.code).toBe(code);
		expect(explained.message).toContain(words);
		expect(explained.message).toContain('plant');
		expect(explained.hint).toBeTruthy();
	});

	it('leaves a conflict, an object that is not there and what it does not know to the caller', () => {
		const errors = [
			answer(409, status('changed')),
			answer(404, status('leases "x" not found', { kind: 'leases' })),
			new Error('?'),
			'text',
		];
		for (const error of errors) expect(explainClusterFault(error, cluster)).toBe(error);
		const known = new FlowferryError({ code: 'X', message: 'x' });
		expect(explainClusterFault(known, cluster)).toBe(known);
	});

	it('shows nothing of what was sent, and carries no answer along', () => {
		const error = explain(
			answer(400, status('Secret in version "v1" cannot be handled: expected string, error found in #10 byte of ...|"token":"s3cret"|...')),
		);
		expect(error.message).not.toContain('s3cret');
		expect(error.cause).toBeUndefined();
		expect(JSON.stringify(error)).not.toContain('s3cret');
	});

	it('knows the status of an answer', () => {
		expect(answeredWith(answer(409, ''), 404, 409)).toBe(true);
		expect(answeredWith(answer(500, ''), 404, 409)).toBe(false);
		expect(answeredWith(new DOMException('', 'TimeoutError'), 23)).toBe(false);
		expect(answeredWith(null, 404)).toBe(false);
	});

	it('passes results on, and explains what work fails with', async () => {
		expect(await withClusterFaults(cluster, async () => 1)).toBe(1);
		await expect(withClusterFaults(cluster, async () => Promise.reject(answer(401, '')))).rejects.toMatchObject({
			code: 'CLUSTER_UNAUTHORIZED',
		});
	});

	it.each([
		['9', '10', true],
		['10', '9', false],
		['10', '10', false],
		['18446744073709551614', '18446744073709551615', true],
	])('knows that version %s is older than %s: %s', (version, than, older) => {
		expect(isOlder(version, than)).toBe(older);
	});
});
