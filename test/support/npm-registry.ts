import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface NpmRegistry {
	/** For `npm_config_registry`. */
	url: string;
	stop(): Promise<void>;
}

/** An npm registry on loopback that has one module without dependencies, packed from a folder. */
export async function startRegistry(moduleFolder: string): Promise<NpmRegistry> {
	const manifest = JSON.parse(await readFile(join(moduleFolder, 'package.json'), 'utf8')) as { name: string; version: string };
	const packed = await mkdtemp(join(tmpdir(), 'flowferry-registry-'));
	await promisify(execFile)('npm', ['pack', '--silent', '--pack-destination', packed], { cwd: moduleFolder });
	const file = `${manifest.name}-${manifest.version}.tgz`;
	const tarball = await readFile(join(packed, file));
	await rm(packed, { recursive: true });

	const server = createServer((request, response) => {
		if (request.url === `/${manifest.name}`) {
			const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
			const version = { ...manifest, dist: { tarball: `${url}${manifest.name}/-/${file}`, integrity } };
			response.end(
				JSON.stringify({ name: manifest.name, 'dist-tags': { latest: manifest.version }, versions: { [manifest.version]: version } }),
			);
		} else if (request.url === `/${manifest.name}/-/${file}`) response.end(tarball);
		else response.writeHead(404).end('{}');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	return { url, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
