import { judge, permissionsOf } from '../../../src/agent/editor-rules.ts';
import { EditorUsers } from '../../../src/agent/editor-users.ts';
import { hashUsers } from '../../../src/runner/editor-users.ts';

describe('what an editor lets through', () => {
	const kind = (method: string, path: string, access: 'read-only' | 'edit', works = true) => {
		const verdict = judge(method, path, access, works);
		return verdict.kind === 'answered' ? verdict.status : verdict.kind;
	};

	it.each(['GET', 'HEAD', 'OPTIONS'])('is every %s, whoever may do it', (method) => {
		for (const path of ['/', '/flows', '/flows/state', '/settings']) {
			expect([kind(method, path, 'read-only', false), kind(method, path, 'edit', false)]).toEqual(['passes', 'passes']);
		}
	});

	it('is a sign-in, and a sign-out', () => {
		for (const path of ['/auth/token', '/auth/revoke', '/AUTH/token/']) expect(kind('POST', path, 'read-only', false)).toBe('passes');
		expect(kind('POST', '/auth/token/x', 'read-only')).toBe(403);
	});

	it('is no change where it is read-only, of whatever method', () => {
		for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'post', ''])
			for (const path of ['/flows', '/anything', '/']) expect(kind(method, path, 'read-only')).toBe(403);
	});

	it('is an empty answer where it is read-only and credentials are asked for', () => {
		for (const path of ['/credentials/tab/t1', '/Credentials/x/y']) {
			expect(judge('GET', path, 'read-only', true)).toEqual({ kind: 'answered', status: 200, body: {} });
			expect(kind('GET', path, 'edit')).toBe('passes');
		}
	});

	it('tells deploys from other changes', () => {
		for (const [method, path] of [
			['POST', '/flows'],
			['POST', '/FLOWS/'],
			['POST', '/flow'],
			['PUT', '/flow/t1'],
			['DELETE', '/Flow/t1/'],
		] as const)
			expect([path, kind(method, path, 'edit')]).toEqual([path, 'deploys']);
		for (const path of ['/inject/i1', '/flowsheet', '/settings/user']) expect([path, kind('POST', path, 'edit')]).toEqual([path, 'passes']);
	});

	it('is no start and no stop of flows, ever', () => {
		for (const path of ['/flows/state', '/flows/state/', '/Flows/State'])
			for (const works of [true, false]) expect([path, kind('POST', path, 'edit', works)]).toEqual([path, 403]);
	});

	it('is no change on an instance that is not active', () => {
		for (const path of ['/flows', '/inject/i1', '/settings/user']) expect([path, kind('POST', path, 'edit', false)]).toEqual([path, 409]);
	});

	it('gives nobody the palette, and who may only read no credentials', () => {
		expect(permissionsOf('read-only').every((permission) => permission.endsWith('.read'))).toBe(true);
		expect(permissionsOf('read-only')).not.toContain('credentials.read');
		for (const permission of ['nodes.write', 'library.write', 'projects.write', '*'])
			expect(permissionsOf('edit')).not.toContain(permission);
	});
});

describe('who may sign in', () => {
	const users = new EditorUsers(hashUsers({ ann: 'correct horse', bob: 'battery staple' }));

	it('is who knows the password that goes with the name', async () => {
		expect(await users.verify('ann', 'correct horse')).toBe(true);
		for (const [name, password] of [
			['ann', 'battery staple'],
			['ann', ''],
			['', 'correct horse'],
			['carl', 'correct horse'],
			['toString', 'correct horse'],
			[undefined, undefined],
		])
			expect([name, await users.verify(name, password)]).toEqual([name, false]);
	});

	it('is not told by the hashes, which differ for equal passwords', () => {
		const [one, other] = hashUsers({ a: 'correct horse', b: 'correct horse' });
		expect(one?.hash).not.toBe(other?.hash);
		expect(JSON.stringify([one, other])).not.toContain('correct');
		expect(Buffer.from(one?.hash ?? '', 'base64')).toHaveLength(32);
	});

	it('is somebody', () => {
		expect(() => new EditorUsers([])).toThrow('without users');
	});
});
