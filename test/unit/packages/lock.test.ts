import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexTarballs, strongestOf } from '../../../src/lib/packages/integrity.ts';
import { lockToFiles, packagesOf } from '../../../src/lib/packages/lock.ts';

const lock = (packages: object) => JSON.stringify({ name: 'x', lockfileVersion: 3, packages: { '': { dependencies: {} }, ...packages } });

describe('the packages of a lock', () => {
	it('are named as npm is asked for them: scopes, packages inside packages, and aliases', () => {
		const text = lock({
			'node_modules/@acme/meter': { version: '1.2.3', integrity: 'sha512-AA==', hasInstallScript: true },
			'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-BB==' },
			'node_modules/alias': { name: 'real', version: '3.0.0', integrity: 'sha512-CC==' },
		});
		expect(packagesOf(text)).toEqual([
			{ name: '@acme/meter', version: '1.2.3', integrity: 'sha512-AA==', hasInstallScript: true },
			{ name: 'b', version: '2.0.0', integrity: 'sha512-BB==', hasInstallScript: false },
			{ name: 'real', version: '3.0.0', integrity: 'sha512-CC==', hasInstallScript: false },
		]);
	});

	it('are each there once, and without what comes inside another', () => {
		const same = { version: '1.0.0', integrity: 'sha512-AA==' };
		const inside = { version: '9.0.0', inBundle: true };
		const text = lock({ 'node_modules/a': same, 'node_modules/b/node_modules/a': same, 'node_modules/npm/node_modules/c': inside });
		expect(packagesOf(text).map(({ name }) => name)).toEqual(['a']);
	});

	it('must come from a registry', () => {
		const text = lock({ 'node_modules/a': { version: '1.0.0', resolved: 'git+ssh://git@host/a.git#1234' } });
		expect(() => packagesOf(text)).toThrow('a@1.0.0 does not come from a registry');
	});

	it('can be taken from files, with their integrity still checked', () => {
		const text = lock({ 'node_modules/a': { version: '1.0.0', resolved: 'https://registry/a.tgz', integrity: 'sha1-old= sha512-AA==' } });
		const entry = JSON.parse(lockToFiles(text, (integrity) => `/there/${integrity}.tgz`)).packages['node_modules/a'];
		expect(entry).toEqual({ version: '1.0.0', resolved: 'file:/there/sha512-AA==.tgz', integrity: 'sha1-old= sha512-AA==' });
	});
});

describe('integrity', () => {
	it.each([
		['sha512-AA==', 'sha512-AA=='],
		['sha1-old= sha512-AA==', 'sha512-AA=='],
		['sha1-old=', 'sha1-old='],
	])('of %s, the strongest hash is %s', (integrity, strongest) => expect(strongestOf(integrity)).toBe(strongest));

	it('finds a package by each of its hashes', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'flowferry-tarballs-'));
		try {
			await writeFile(join(folder, 'a-1.0.0.tgz'), 'content');
			const hash = (algorithm: string) => `${algorithm}-${createHash(algorithm).update('content').digest('base64')}`;
			const file = join(folder, 'a-1.0.0.tgz');
			expect([...(await indexTarballs(folder))]).toEqual([
				[hash('sha512'), file],
				[hash('sha1'), file],
			]);
		} finally {
			await rm(folder, { recursive: true });
		}
	});
});
