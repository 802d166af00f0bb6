import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../adapters/package-root.ts';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { renderHaproxyConfig } from '../../routers/haproxy/config-file.ts';
import { holdBackends } from '../../routers/haproxy/hold-backends.ts';
import { CERTIFICATE_FILE, ROUTER_METRICS_PORT, ROUTER_PORT, routerOptions, USER } from './container-options.ts';
import type { ContainerRequest } from './containers.ts';
import type { Names } from './names.ts';

/**
 * How an environment's router is made, and the configuration that HAProxy finds in the volume.
 * @throws FlowferryError CERTIFICATE_UNREADABLE
 */
export async function routerRequest(
	environment: NamedEnvironment,
	names: Names,
): Promise<{ request: ContainerRequest; haproxyConfig: string }> {
	const { docker, host, port, metricsPort } = environment;
	const certificate = await readCertificate(environment);
	const haproxyConfig = await renderConfig(environment);
	const recipe = recipeOf([haproxyConfig, certificate ?? '', docker.routerImage, `${host}:${port}`, `${metricsPort}`]);
	const options = routerOptions(environment, names, recipe);
	const files = certificate === null ? [] : [{ path: CERTIFICATE_FILE.slice(1), content: certificate, mode: 0o400, owner: USER }];
	return { request: { name: names.router, options, files, networks: [] }, haproxyConfig };
}

async function renderConfig({ timeouts, hold, metricsPort, docker, port }: NamedEnvironment): Promise<string> {
	const template = await readFile(join(packageRoot(), 'templates', 'haproxy.cfg'), 'utf8');
	const address = {
		host: '0.0.0.0',
		port: ROUTER_PORT,
		publicPort: port,
		metricsPort: metricsPort === undefined ? null : ROUTER_METRICS_PORT,
		metricsHost: '0.0.0.0',
		takeoverMs: hold.takeoverMs,
		...(docker.certificate === undefined ? {} : { certificate: CERTIFICATE_FILE }),
	};
	return renderHaproxyConfig(template, address, holdBackends(timeouts.holdMs));
}

async function readCertificate({ name, docker: { certificate: file } }: NamedEnvironment): Promise<string | null> {
	if (file === undefined) return null;
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		throw new FlowferryError({
			code: 'CERTIFICATE_UNREADABLE',
			message: `the router's certificate ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`,
			hint: `docker.certificate of ${name} names a PEM file with the certificate, its chain and its key`,
			cause: error,
		});
	}
}

/** Without a secret in it: a digest of the key's file tells nothing of it. */
function recipeOf(parts: readonly string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
