import { isIP } from 'node:net';
import { z } from 'zod';
import type { RouterProgram } from '../routers/router.ts';
import type { TargetKind } from '../targets/target-kind.ts';

/** The part of an environment's schema that says how it runs on a Docker Engine: `target: docker`. */

/** As Docker writes it: an existing volume's name or a folder of the engine's machine, where it appears, and `:ro`. */
const mount = z.string().regex(/^[^:]+:\/[^:]*(:(ro|rw))?$/, {
	message: 'must be as Docker writes it: `plant-data:/data` or `/srv/plant:/data:ro`',
});

export const docker = z.strictObject({
	host: z
		.string()
		.regex(/^(unix|tcp|ssh):\/\//, {
			message: 'must be an address such as unix:///var/run/docker.sock, tcp://plant:2376 or ssh://ops@plant',
		})
		.optional()
		.describe('Where the engine is reached; default: as for the docker command: DOCKER_HOST, DOCKER_CONTEXT, the current context.'),
	context: z.string().min(1).optional().describe('The docker context that names the engine, in place of `host`.'),
	name: z
		.string()
		.regex(/^[a-z0-9][a-z0-9_.-]{0,40}$/, { message: 'must have small letters, digits, `-`, `_` and `.` alone, 41 at most' })
		.optional()
		.describe('What the names of its containers, network and volume begin with; default `flowferry-<environment>`.'),
	image: z
		.string()
		.min(1)
		.default('nodered/node-red:{nodeRed}')
		.describe("What images are built from; `{nodeRed}` stands for the snapshot's version of Node-RED. It needs Node.js 22.19 or later."),
	networks: z
		.array(z.string().min(1))
		.default([])
		.describe("Networks of the engine's that instances join besides their own: the broker's."),
	volumes: z
		.array(mount)
		.default([])
		.describe('What instances see besides, such as `plant-data:/data`. All instances of both slots see the same.'),
	memoryMB: z.int().min(64).max(1_000_000).optional().describe("Each instance's limit. Default: none."),
	cpus: z.number().positive().max(1024).optional().describe("Each instance's limit. Default: none."),
	log: z
		.strictObject({
			driver: z.string().min(1).default('json-file').describe('`flowferry logs` reads what json-file, local and journald keep.'),
			options: z.record(z.string(), z.string()).default({ 'max-size': '20m', 'max-file': '2' }).describe("The driver's own."),
		})
		.prefault({})
		.describe('Where the engine puts what instances print.'),
	routerImage: z.string().min(1).default('haproxy:lts').describe('An image with HAProxy 2.6 or later.'),
	certificate: z
		.string()
		.min(1)
		.optional()
		.describe('A PEM file with the certificate, its chain and its key: the router serves HTTPS by it. Default: HTTP.'),
	keepImages: z
		.int()
		.min(0)
		.max(1000)
		.default(5)
		.describe('So many of the latest releases keep their image, besides those that slots have; older ones are removed after a promotion.'),
});
export type DockerSettings = z.infer<typeof docker>;

/** Keys of an environment that have no meaning on Docker; pure. */
export function dockerFaults(environment: {
	target: TargetKind;
	router?: RouterProgram | undefined;
	nodeRed?: string | undefined;
	directory?: string | undefined;
	host: string;
	editor: { access: string };
	docker: { host?: string | undefined; context?: string | undefined };
}): { path: string[]; message: string }[] {
	const { target, router, nodeRed, directory, host, editor, docker: engine } = environment;
	if (target !== 'docker') return [];
	const faults: [boolean, string[], string][] = [
		[router === 'gateway', ['router'], 'is HAProxy on Docker: leave it out'],
		[nodeRed !== undefined, ['nodeRed'], 'comes with the image on Docker: leave it out, and set `docker.image` to have another base'],
		[directory !== undefined, ['directory'], 'is a volume of the engine on Docker: leave it out'],
		[isIP(host) === 0, ['host'], "must be an address of the engine's machine on Docker, such as 127.0.0.1 or 0.0.0.0"],
		[editor.access !== 'off', ['editor'], 'cannot be opened on Docker, where the router is all that is published: leave it out'],
		[
			engine.host !== undefined && engine.context !== undefined,
			['docker', 'context'],
			'names an engine, and so does `docker.host`: leave one of them out',
		],
	];
	return faults.filter(([isFault]) => isFault).map(([, path, message]) => ({ path, message }));
}
