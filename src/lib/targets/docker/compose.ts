import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import { yamlText } from '../../config/yaml-text.ts';
import { label, type Names } from './names.ts';

/** An environment's containers as a file for compose; pure. Compose's own keys: https://github.com/compose-spec/compose-spec */

/** What labels a container bears that compose has made: the project's name. */
export const COMPOSE_PROJECT = 'com.docker.compose.project';

export interface Topology {
	/** The environment's name. */
	environment: string;
	names: Names;
	keeper: ContainerCreateOptions;
	router: ContainerCreateOptions;
	/** Those that flowferry makes by itself, by the name of their container. */
	instances: Record<string, ContainerCreateOptions>;
	/** Networks that instances join besides. */
	networks: readonly string[];
}

/** What comes with each promotion, and therefore has no place in a file that outlives it. */
const OF_RELEASE: readonly string[] = [label.release, label.snapshot];

/** The text of a compose file. The same topology gives the same text. */
export function renderCompose({ environment, names, keeper, router, instances, networks }: Topology): string {
	const service = (name: string, options: ContainerCreateOptions) => serviceOf(name, options, names.network);
	const document = {
		services: { keeper: service(names.keeper, keeper), router: service(names.router, router) },
		networks: { [names.network]: { name: names.network, external: true } },
		volumes: { [names.volume]: { name: names.volume, external: true } },
	};
	const made = Object.entries(instances).map(([name, options]) => {
		const { image: _, labels, networks: own, ...rest } = service(name, options);
		const lasting = Object.fromEntries(Object.entries(labels).filter(([key]) => !OF_RELEASE.includes(key)));
		return [name, { ...rest, labels: lasting, networks: { ...own, ...Object.fromEntries(networks.map((each) => [each, {}])) } }];
	});
	return `${head(environment, names)}${yamlText(literal(document))}
# For reading: what flowferry makes of an instance. The image and the labels of its release come with each promotion, and its
# secrets in a file that no image, volume or compose file has. Compose leaves this out.
${yamlText(literal({ 'x-flowferry-instances': Object.fromEntries(made) }))}`;
}

const head = (
	environment: string,
	{ network, volume }: Names,
) => `# The lasting part of ${environment}: written by \`flowferry export compose ${environment}\`, and to be written anew after an update of
# flowferry or a change of its configuration. Instances of Node-RED are not in it: promotions make, move and remove them.
# The network ${network} and the volume ${volume} are there already, and \`docker compose down --volumes\` leaves them.
# Until the first promotion the router has no configuration, and starts again and again.
`;

function serviceOf(name: string, options: ContainerCreateOptions, network: string) {
	const { HostConfig: host = {}, Healthcheck: health } = options;
	return defined({
		container_name: name,
		image: options.Image,
		hostname: options.Hostname,
		user: options.User,
		working_dir: options.WorkingDir,
		entrypoint: options.Entrypoint,
		command: options.Cmd,
		labels: options.Labels ?? {},
		restart: host.RestartPolicy?.Name,
		stop_signal: options.StopSignal,
		stop_grace_period: options.StopTimeout === undefined ? undefined : `${options.StopTimeout}s`,
		healthcheck: health?.Test?.[0] === 'NONE' ? { disable: true } : undefined,
		init: host.Init,
		cap_drop: host.CapDrop,
		security_opt: host.SecurityOpt,
		mem_limit: host.Memory,
		cpus: host.NanoCpus === undefined ? undefined : host.NanoCpus / 1e9,
		logging: host.LogConfig && { driver: host.LogConfig.Type, options: host.LogConfig.Config },
		ports: portsOf(host.PortBindings as PortBindings | undefined),
		networks: { [network]: { aliases: options.NetworkingConfig?.EndpointsConfig?.[network]?.Aliases ?? [] } },
		volumes: [...(host.Mounts ?? []).map(mountOf), ...(host.Binds ?? [])],
	});
}

function mountOf({ Type, Source, Target, VolumeOptions }: MountSettings) {
	return defined({ type: Type, source: Source, target: Target, volume: VolumeOptions && { nocopy: VolumeOptions.NoCopy } });
}

type PortBindings = Record<string, { HostIp: string; HostPort: string }[]>;

function portsOf(bindings: PortBindings | undefined): string[] | undefined {
	if (bindings === undefined) return undefined;
	return Object.entries(bindings).flatMap(([inside, published]) =>
		published.map(({ HostIp, HostPort }) => {
			const address = HostIp.includes(':') ? `[${HostIp}]` : HostIp;
			return `${address}:${HostPort}:${inside.replace('/tcp', '')}`;
		}),
	);
}

function defined<T extends object>(value: T): T {
	return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

/** Compose takes a dollar for the beginning of a variable. */
function literal(value: unknown): unknown {
	if (typeof value === 'string') return value.replaceAll('$', '$$$$');
	if (Array.isArray(value)) return value.map(literal);
	if (typeof value === 'object' && value !== null)
		return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, literal(each)]));
	return value;
}
