import { PipedCommandError } from '../../../../src/lib/adapters/piped-command.ts';
import { explainEngineFault } from '../../../../src/lib/targets/docker/engine-fault.ts';
import { isEngineGone, retryWhileGone } from '../../../../src/lib/targets/docker/engine-gone.ts';

/** As docker-modem makes it of an answer. */
const answer = (statusCode: number, message: string, json: unknown = { message }) =>
	Object.assign(new Error(`(HTTP code ${statusCode}) unexpected - ${message} `), { statusCode, reason: undefined, json });
const fault = (code: string, message: string, more = {}) => Object.assign(new Error(message), { code, ...more });
const ssh = (status: number | undefined, said: string) => new PipedCommandError('ssh', status, said);

describe('a fault of an Engine', () => {
	it.each<[string, Error, string]>([
		['ENGINE_NOT_REACHABLE', fault('ENOENT', 'connect ENOENT /tmp/none.sock', { syscall: 'connect' }), 'no such socket'],
		['ENGINE_DENIED', fault('EACCES', 'connect EACCES /var/run/docker.sock'), 'may not use'],
		['ENGINE_NOT_REACHABLE', fault('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), 'nothing listens'],
		['ENGINE_NOT_REACHABLE', fault('ETIMEDOUT', 'no connection within 10000 ms'), 'in time'],
		['ENGINE_GONE', fault('ECONNRESET', 'socket hang up'), 'ended the connection'],
		['ENGINE_TLS', fault('CERT_HAS_EXPIRED', 'certificate has expired'), 'expired'],
		['ENGINE_TLS', fault('ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames"), 'another name'],
		['ENGINE_TLS', fault('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'), 'authority'],
		['ENGINE_SSH_HOST_KEY', ssh(255, 'Host key verification failed.'), 'host key'],
		['ENGINE_SSH_REFUSED', ssh(255, 'root@127.0.0.1: Permission denied (publickey).'), 'refuses'],
		['ENGINE_NOT_REACHABLE', ssh(255, 'ssh: connect to host 127.0.0.1 port 22023: Connection refused'), 'nothing listens'],
		['ENGINE_NOT_REACHABLE', ssh(255, 'ssh: Could not resolve hostname nosuch.invalid: Name or service not known'), 'not known here'],
		['ENGINE_SSH_MISSING', ssh(undefined, 'ENOENT'), 'no ssh on the PATH'],
		['ENGINE_SSH_NO_DOCKER', ssh(127, 'bash: line 1: docker: command not found'), 'no command docker'],
		['IMAGE_MISSING', answer(404, 'No such image: ghost:1'), 'no image ghost:1'],
		['IMAGE_MISSING', answer(404, 'no such image: docker.io/library/ghost:1: image not known'), 'no image ghost:1'],
		['CONTAINER_MISSING', answer(404, 'no container with name or ID "ghost" found: no such container'), 'no container ghost'],
		['NETWORK_MISSING', answer(404, 'unable to find network with name or ID ghost: network not found'), 'no network ghost'],
		['VOLUME_MISSING', answer(404, 'get ghost: no such volume'), 'no volume ghost'],
		['ENGINE_NAME_TAKEN', answer(409, 'Conflict. The container name "/one" is already in use by container "2135".'), 'container named one'],
		['ENGINE_NAME_TAKEN', answer(409, 'network with name dup already exists'), 'network named dup'],
		['ENGINE_IN_USE', answer(409, 'remove vv: volume is in use - [fba85a3f1d17]'), 'vv'],
		[
			'PORT_IN_USE',
			answer(
				500,
				'driver failed programming external connectivity on endpoint a (b): Bind for 0.0.0.0:8081 failed: port is already allocated',
			),
			'port 8081',
		],
		[
			'ENGINE_NO_SUBNETS',
			answer(404, 'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network'),
			'no subnet',
		],
		['ENGINE_SUBNET_TAKEN', answer(403, 'Pool overlaps with other one on this address space'), 'overlaps'],
		['DISK_FULL', answer(500, 'write /data/x: no space left on device'), 'disk'],
		['DISK_FULL', new Error('failed to copy files: write /x: no space left on device'), 'disk'],
		['REGISTRY_NOT_REACHABLE', answer(500, 'Get "https://registry-1.docker.io/v2/": dial tcp: i/o timeout', null), 'registry-1.docker.io'],
		['IMAGE_PULL_DENIED', answer(404, "pull access denied for ghost, repository does not exist or may require 'docker login'"), 'login'],
		['ENGINE_TOO_OLD', answer(400, 'client version 9.99 is too new. Maximum supported API version is 1.41'), '9.99'],
		['ENGINE_REFUSED', answer(400, 'Minimum memory limit allowed is 6MB'), 'Minimum memory limit'],
	])('is %s: %s', (code, error, words) => {
		const explained = explainEngineFault(error, 'context plant');
		expect(explained).toMatchObject({ code, message: expect.stringContaining(words), hint: expect.any(String), cause: error });
		expect((explained as Error).message).toContain('context plant');
	});

	it('that is none of its own stays as it is', () => {
		const error = new TypeError('x is not a function');
		expect(explainEngineFault(error, 'context plant')).toBe(error);
	});
});

describe('an Engine that is gone', () => {
	it.each<[boolean, unknown]>([
		[true, fault('ECONNREFUSED', 'connect ECONNREFUSED /x')],
		[true, fault('ECONNRESET', 'socket hang up')],
		[true, fault('ENOENT', 'connect ENOENT /x', { syscall: 'connect' })],
		[false, fault('ENOENT', 'open /x', { syscall: 'open' })],
		[false, answer(500, 'Get "http://127.0.0.1:5999/v2/": dial tcp: connect: connection refused')],
		[true, ssh(1, 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?')],
		[false, ssh(255, 'Host key verification failed.')],
		[false, 'a text'],
	])('%s: %s', (gone, error) => {
		expect(isEngineGone(error)).toBe(gone);
		expect(isEngineGone(explainEngineFault(error, 'x'))).toBe(gone);
	});

	it('is asked again until it is back, and no longer than was said', async () => {
		let calls = 0;
		const work = async () => {
			if (++calls < 3) throw fault('ECONNREFUSED', 'connect ECONNREFUSED /x');
			return 'done';
		};
		const words: string[] = [];
		expect(await retryWhileGone(work, { forMs: 5000, everyMs: 1, onWait: (word) => words.push(word) })).toBe('done');
		expect(words).toHaveLength(1);
		calls = -1000;
		await expect(retryWhileGone(work, { forMs: 10, everyMs: 2 })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
		await expect(retryWhileGone(async () => Promise.reject(answer(409, 'no')), { forMs: 5000 })).rejects.toMatchObject({ statusCode: 409 });
	});
});
