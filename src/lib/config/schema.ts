import { z } from 'zod';
import { spareKinds } from '../failover/spare-kind.ts';
import { modes } from '../flows/mode.ts';
import { routerPrograms, webSocketPolicies } from '../routers/router.ts';
import { targetKinds } from '../targets/target-kind.ts';
import { context } from './context.ts';
import { dev } from './dev.ts';
import { docker, dockerFaults } from './docker.ts';
import { drill } from './drill.ts';
import { editor } from './editor.ts';
import { failover } from './failover-config.ts';
import { hosts } from './hosts.ts';
import { defaultInstances, metricsPortsFault } from './instance-ports.ts';
import { kubernetes, kubernetesFaults, ownPodPorts } from './kubernetes.ts';
import { leaseTiming, leaseTimingFault } from './lease-timing.ts';
import { failOn, lint } from './lint-section.ts';
import { primary } from './primary.ts';
import { protection, stageFaults } from './protection.ts';
import { bake, checks, errorRate, hooks, keepChoices } from './safeguards.ts';
import { sealing } from './sealing.ts';
import { store } from './store-config.ts';
import { leaseTimingOf, routerOf } from './target-defaults.ts';
import { timeouts } from './timeouts.ts';

const ms = z.int().positive();

/** As long as the longest of HAProxy's holds. */
const LONGEST_TAKEOVER_MS = 600_000;

const environmentKeys = z.strictObject({
	mode: z.enum(modes).describe('hot-spare: one instance runs the flows; load-balanced: all of them.'),
	target: z
		.enum(targetKinds)
		.default('process')
		.describe(
			'Where instances run. process: as processes of this machine; docker: as containers, docs/guides/docker.md; kubernetes: as pods.',
		),
	docker: docker.prefault({}).describe('With `target: docker`: the engine, and how containers are made on it.'),
	kubernetes: kubernetes.prefault({}).describe('With `target: kubernetes`: the cluster, and how pods are made on it.'),
	directory: z
		.string()
		.min(1)
		.optional()
		.describe('Where the environment lives on this machine; default `.flowferry/environments/<name>`.'),
	router: z
		.enum(routerPrograms)
		.optional()
		.describe(
			"What moves and holds traffic. gateway: flowferry's own, the default for processes; haproxy: HAProxy 2.6 or later, which flowferry starts: an installed one for processes, a container on Docker. On Kubernetes it is a Service, and nothing is to be said.",
		),
	host: z.string().min(1).default('127.0.0.1').describe("The router's address; 0.0.0.0 serves the network."),
	port: z.int().min(1).max(65535).default(8080).describe("The router's port: where production's HTTP and WebSockets are served."),
	webSockets: z
		.enum(webSocketPolicies)
		.default('keep')
		.describe(
			'keep: an open WebSocket stays with its instance until that stops its flows; close: it is ended when a cutover begins, with status 1012 (HAProxy: without a word), so that the client connects again and waits for the new release.',
		),
	accessLog: z
		.strictObject({ maxMB: z.int().min(1).max(10_000).default(20).describe('Of `access.log` and `access.log.1` together.') })
		.optional()
		.describe(
			"Has the gateway write a JSON line for each request and WebSocket into `access.log` in the environment's directory: paths without queries, no headers. Default: none.",
		),
	metricsPort: z
		.int()
		.min(1)
		.max(65535)
		.optional()
		.describe("Serves the router's figures for Prometheus at `http://127.0.0.1:<port>/metrics`. Default: nowhere."),
	instanceMetricsPort: z
		.int()
		.min(1)
		.max(65535)
		.optional()
		.describe(
			"Serves each instance's figures for Prometheus, on 127.0.0.1: `blue/0` at this port, the other instances of blue and then those of green at the next ones. Default: nowhere.",
		),
	primary: primary
		.optional()
		.describe(
			'For load-balanced mode with two instances or more: one of them is elected, and fires what is to fire once; docs/guides/load-balanced.md.',
		),
	instances: z
		.int()
		.min(1)
		.max(16)
		.optional()
		.describe(
			'Instances in a slot; default 2. In hot-spare mode one of them is active, and the others are its spares; 1: it has none. With `kubernetes.autoscale` it is how many there are at most.',
		),
	spare: z
		.enum(spareKinds)
		.default('warm')
		.describe(
			'What spares do in hot-spare mode. warm: everything is loaded, the flows stand stopped; hot: they run behind a gate, connected and subscribed, so that a crash loses nothing of what ordinary subscriptions get.',
		),
	nodeRed: z
		.string()
		.min(1)
		.optional()
		.describe("A folder that holds an installed `node-red`; default: the project's, else installed from npm at the snapshot's version."),
	settings: z
		.string()
		.min(1)
		.optional()
		.describe('A Node-RED settings file whose contents (context stores, function globals, http roots) production takes over.'),
	variables: z
		.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string())
		.default({})
		.describe("Environment variables of this environment's instances: what `${NAME}` in flows reads."),
	credentials: z
		.record(z.string().min(1), z.record(z.string().min(1), z.string()))
		.default({})
		.describe(
			"By node id: the node's credentials, such as `{ b1: { user: plant, password: ${MQTT_PASSWORD} } }`; name by name they win over the snapshot's. On disk they are sealed with a key that is kept in memory alone.",
		),
	hosts: hosts.default([]),
	checks: checks.default([]).describe('Made after the new instances are active and before traffic moves; a failing one rolls back.'),
	errorRate: errorRate
		.prefault({})
		.describe("When the errors that the new flows log are clearly more than the old ones': it rolls back, as for a failing check."),
	bake: bake.prefault({}).describe('Watching the new release while it serves. By default it is off.'),
	keep: z
		.enum(keepChoices)
		.default('warm')
		.describe(
			'The old slot, once the new release serves and has baked. warm: it stands by until the next promotion; none: it is ended, and a rollback starts it anew.',
		),
	hooks: hooks.prefault({}).describe('Commands on the way of a promotion or rollback; one that fails undoes it: docs/guides/checks.md.'),
	drill: drill.optional().describe('How `flowferry drill` takes the MQTT broker away. Default: it does not.'),
	cutTopic: z
		.string()
		.min(1)
		.regex(/^[^+#]+$/, { message: 'must be a topic to publish on: without + and #' })
		.default('flowferry/cut')
		.describe(
			'On topics below this, a cutover sends a few messages of its own through the MQTT brokers of the flows, to count where the old flows end and the new ones begin.',
		),
	editor: editor.prefault({}).describe("Node-RED's editor in this environment, reached through this machine alone: docs/guides/editor.md."),
	after: z
		.string()
		.min(1)
		.optional()
		.describe('The environment whose release is promoted here, and no other snapshot: `staging`. Default: the dev Node-RED, or any.'),
	protected: protection
		.optional()
		.describe('Who may change this environment, when, and with whose consent: docs/guides/stages.md. Default: anybody, at any time.'),
	failOn: failOn.default('error').describe('The lint gate: findings of this severity or worse stop a promotion.'),
	hold: z
		.strictObject({
			maxRequests: z.int().positive().default(10_000).describe('That may wait at once.'),
			takeoverMs: ms
				.max(LONGEST_TAKEOVER_MS)
				.default(10_000)
				.describe(
					'How long a request waits for an instance when none accepts it: until it is back, or another has taken over; then 502 or 503.',
				),
		})
		.prefault({})
		.describe('Limits of what waits; past them requests get 503 with Retry-After.'),
	failover: failover.prefault({}).describe('When a spare takes over beyond crashes and hangs, and what a lost state means.'),
	context: context.prefault({}).describe("Where Node-RED's context is kept, and what of it is carried over by a promotion or a rollback."),
	lease: leaseTiming.prefault({}).describe('How instances prove that they are active; ttlMs > renewDeadlineMs > retryMs × 1.2.'),
	timeouts: timeouts
		.prefault({})
		.describe('The longest that each step of a promotion, and everything else that is waited for, may take; in milliseconds.'),
});

const environment = environmentKeys
	.refine(({ mode, context: { store } }) => mode === 'hot-spare' || store !== 'sqlite', {
		path: ['context', 'store'],
		message:
			'cannot be sqlite in load-balanced mode, where several instances write at once and would undo what the others count: leave it out, or set `mode: hot-spare`',
	})
	.refine((environment) => routerOf(environment) !== 'haproxy' || environment.accessLog === undefined, {
		path: ['accessLog'],
		message: 'is written by the gateway: leave it out with `router: haproxy` and on Docker, or set `router: gateway`',
	})
	.superRefine((environment, context) => {
		const faults = [...dockerFaults(environment), ...kubernetesFaults(environment)];
		for (const { path, message } of faults) context.addIssue({ code: 'custom', path, message });
		const timing = leaseTimingFault(leaseTimingOf(environment));
		if (timing !== null) context.addIssue({ code: 'custom', path: ['lease'], message: timing });
	})
	.refine(({ mode, primary: policy }) => mode === 'load-balanced' || policy === undefined, {
		path: ['primary'],
		message: 'is elected among instances that run at once, and in hot-spare mode one runs alone',
	})
	.superRefine(({ target, instances = defaultInstances, instanceMetricsPort, port, metricsPort }, context) => {
		if (instanceMetricsPort === undefined) return;
		const taken = target === 'kubernetes' ? ownPodPorts : { port, metricsPort };
		const message = metricsPortsFault(instanceMetricsPort, instances, taken);
		if (message !== null) context.addIssue({ code: 'custom', path: ['instanceMetricsPort'], message });
	});

/** `flowferry.yaml`. The editor's JSON Schema is generated from this. */
export const configSchema = z.strictObject({
	dev,
	store: store.describe('The git repository that holds the snapshots: the path of one of its own, or:'),
	packages: z
		.string()
		.min(1)
		.default('.flowferry/packages')
		.describe(
			'Which packages each palette was installed with, so that all environments get the same; and those that bundles have brought.',
		),
	sealing: sealing.prefault({}).describe('How snapshots keep credentials: docs/guides/credentials.md.'),
	environments: z
		.record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/), environment)
		.refine((environments) => Object.keys(environments).length > 0, { message: 'must hold at least one environment' })
		.superRefine((environments, context) => {
			for (const { name, message } of stageFaults(environments)) context.addIssue({ code: 'custom', path: [name, 'after'], message });
		})
		.describe('Where releases run, by name.'),
	lint: lint.prefault({}).describe('How flows are judged, by `flowferry lint` and before a promotion.'),
});

export type Config = z.infer<typeof configSchema>;
export type EnvironmentConfig = Config['environments'][string];

/** The part that judging flows needs: neither where they come from nor where they run. */
export const lintConfigSchema = z.object({
	environments: z
		.record(
			z.string(),
			z.object({
				mode: z.enum(modes),
				variables: z.record(z.string(), z.unknown()).default({}),
				instances: z.number().optional(),
				primary: primary.optional(),
				sharesContext: z.boolean().default(false),
			}),
		)
		.default({}),
	lint: lint.prefault({}),
});
