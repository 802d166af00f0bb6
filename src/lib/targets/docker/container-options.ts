import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import type { NamedEnvironment } from '../../config/environment-of.ts';
import { ENVIRONMENT_FOLDER } from '../../keeper/folders.ts';
import type { Release, SlotName } from '../../promotion/journal.ts';
import { aliasOf, label, type Names, type Part } from './names.ts';

/** How an environment's containers are made. Pure. */

/** Where an instance's runner finds its configuration. */
export const CONFIG_FILE = '/flowferry/instance.json';
/** Where Node-RED keeps its files; the image has the palette there. */
export const USER_DIR = '/flowferry/palette';
export const SETTINGS_FILE = '/flowferry/user-settings.cjs';
/** Of the router, within its container. */
export const ROUTER_PORT = 8080;
/** Of the router's figures, within its container: whatever port they are published at, it is no other one's there. */
export const ROUTER_METRICS_PORT = 8404;
export const CERTIFICATE_FILE = '/flowferry/router.pem';
/** Of the user in the images: it has the volume's files, and the router's container must, too. */
export const USER = 1000;

/** Of the labels of everything that an environment has. */
export function labelsOf(names: Names, part: Part): Record<string, string> {
	return { [label.environment]: names.prefix, [label.part]: part };
}

const base = (names: Names, { alias, environment }: { alias: string; environment: NamedEnvironment }) => ({
	User: `${USER}:${USER}`,
	NetworkingConfig: { EndpointsConfig: { [names.network]: { Aliases: [alias] } } },
	HostConfig: {
		// The engine's own small init (tini) is PID 1, and the program its only child. It reaps what programs of the flows have left behind,
		// which Node.js does not; passes SIGTERM on, which the kernel keeps from a PID 1 without a handler for it, such as HAProxy; and ends
		// with its child, whereupon the kernel ends everything else in the container.
		Init: true,
		// Of what is stopped by hand, the engine does not begin anything again.
		RestartPolicy: { Name: 'unless-stopped' },
		Mounts: [{ Type: 'volume' as const, Source: names.volume, Target: ENVIRONMENT_FOLDER }],
		LogConfig: { Type: environment.docker.log.driver, Config: environment.docker.log.options },
		CapDrop: ['ALL'],
		SecurityOpt: ['no-new-privileges'],
	},
});

/** @param image its id or tag, built from the runtime image */
export function instanceOptions(
	environment: NamedEnvironment,
	names: Names,
	{ instance, slot, index, image, release }: { instance: string; slot: SlotName; index: number; image: string; release: Release },
): ContainerCreateOptions {
	const { docker, timeouts } = environment;
	const common = base(names, { alias: aliasOf(instance), environment });
	return {
		...common,
		Image: image,
		Hostname: aliasOf(instance),
		Labels: {
			...labelsOf(names, 'instance'),
			[label.slot]: slot,
			[label.index]: String(index),
			[label.release]: String(release.number),
			[label.snapshot]: release.snapshot,
		},
		// The runner itself kills a Node-RED that does not end in time.
		StopTimeout: Math.ceil(timeouts.stopMs / 1000) + 5,
		HostConfig: {
			...common.HostConfig,
			Binds: docker.volumes,
			...(docker.memoryMB === undefined ? {} : { Memory: docker.memoryMB * 1024 * 1024 }),
			...(docker.cpus === undefined ? {} : { NanoCpus: Math.round(docker.cpus * 1e9) }),
		},
	};
}

/** @param recipe what it is made from: one of another recipe is made anew */
export function keeperOptions(environment: NamedEnvironment, names: Names, image: string): ContainerCreateOptions {
	const common = base(names, { alias: 'keeper', environment });
	return {
		...common,
		Image: image,
		Hostname: 'keeper',
		Entrypoint: ['node', '/flowferry/dist/keeper/main.js'],
		Cmd: ['stand'],
		// It has no instance to look at.
		Healthcheck: { Test: ['NONE'] },
		Labels: { ...labelsOf(names, 'keeper'), [label.recipe]: image },
	};
}

/** HAProxy, in the folder of its files. */
export function routerOptions(environment: NamedEnvironment, names: Names, recipe: string): ContainerCreateOptions {
	const { docker, host, port, metricsPort } = environment;
	const common = base(names, { alias: 'router', environment });
	const published = { [`${ROUTER_PORT}/tcp`]: [{ HostIp: host, HostPort: String(port) }] };
	const metrics =
		metricsPort === undefined ? {} : { [`${ROUTER_METRICS_PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(metricsPort) }] };
	const ports = { ...published, ...metrics };
	return {
		...common,
		Image: docker.routerImage,
		Hostname: 'router',
		WorkingDir: ENVIRONMENT_FOLDER,
		Entrypoint: ['haproxy'],
		Cmd: ['-db', '-f', 'haproxy.cfg'],
		StopSignal: 'SIGTERM',
		Labels: { ...labelsOf(names, 'router'), [label.recipe]: recipe },
		ExposedPorts: Object.fromEntries(Object.keys(ports).map((exposed) => [exposed, {}])),
		HostConfig: { ...common.HostConfig, Mounts: common.HostConfig.Mounts.map(asItIs), PortBindings: ports },
	};
}

/** An empty volume would take its owner over from the image: root, where that has no such folder. */
function asItIs(mount: MountSettings): MountSettings {
	return { ...mount, VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } } };
}
