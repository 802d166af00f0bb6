import { z } from 'zod';
import { spareKinds } from '../failover/spare-kind.ts';
import { modes } from '../flows/mode.ts';
import { confidences, severities } from '../lint/finding.ts';
import { presetNames } from '../lint/presets.ts';
import { routerKinds, webSocketPolicies } from '../routers/router.ts';
import { drill } from './drill.ts';
import { failover } from './failover-config.ts';
import { defaultInstances, metricsPortsFault } from './instance-ports.ts';
import { bake, checks, errorRate, hooks, keepChoices } from './safeguards.ts';

const ms = z.int().positive();

const devByUrl = z
	.strictObject({
		url: z
			.url({ protocol: /^https?$/ })
			.refine((url) => !hasUserInfo(url), { message: 'must not hold a user or a password: use username and password, or token' })
			.describe('The dev Node-RED: `http://localhost:1880`, with its admin root if it has one.'),
		token: z.string().min(1).optional().describe('A bearer token; write it as ${NAME}.'),
		username: z.string().min(1).optional().describe('With password: signs in at /auth/token.'),
		password: z.string().min(1).optional().describe('Write it as ${NAME}.'),
	})
	.refine((dev) => (dev.username === undefined) === (dev.password === undefined), {
		message: 'username and password belong together: one of them is missing',
	})
	.refine((dev) => dev.token === undefined || dev.password === undefined, {
		message: 'token, and username with password, exclude each other: one way to sign in is enough',
	});

function hasUserInfo(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { username, password } = new URL(url);
	return username !== '' || password !== '';
}

const devByUserDir = z.strictObject({
	userDir: z.string().min(1).describe("The dev Node-RED's user directory: `~/.node-red`."),
	flowFile: z.string().min(1).optional().describe('Default: found as Node-RED finds it.'),
});

const leaseTiming = z
	.strictObject({
		ttlMs: ms.default(2000).describe('How long a grant lasts without renewal.'),
		renewDeadlineMs: ms.default(1500).describe('Without a successful renewal for so long, the holder demotes itself.'),
		retryMs: ms.default(500).describe('Between renewals.'),
	})
	.refine((lease) => lease.ttlMs > lease.renewDeadlineMs && lease.renewDeadlineMs > lease.retryMs * 1.2, {
		message: 'must keep ttlMs > renewDeadlineMs > retryMs × 1.2, or two instances could both believe they are active',
	});

const timeouts = z.strictObject({
	installMs: ms.default(300_000).describe('npm ci of the palette, and of Node-RED where it is not there yet.'),
	startMs: ms.default(60_000).describe('From starting an instance to its standing by.'),
	connectMs: ms
		.default(5_000)
		.describe('Behind their gate, the new flows connect, and the place of the cut is found, within this; else they start after the old.'),
	quiesceMs: ms.default(5_000).describe("Closing the old instances' sources."),
	drainMs: ms.default(10_000).describe('Waiting for what is inside the old instances; what is left then is counted and reported.'),
	handOverMs: ms.default(20_000).describe('Stopping the old flows and passing the lease on.'),
	activateMs: ms.default(20_000).describe('Starting the flows of the new instances.'),
	verifyMs: ms.default(10_000).describe("All checks together, after the new instances' start and at each round of the bake time."),
	hookMs: ms.default(10_000).describe('Each hook; one that takes longer is ended, with the processes that it started, and has failed.'),
	contextMs: ms.default(10_000).describe("Reading the old instances' context, and again writing it into the new."),
	holdMs: ms.default(30_000).describe('The longest that a request waits during a cutover; then 503.'),
	stopMs: ms
		.default(20_000)
		.describe('Ending an instance or the gateway; what still runs then is killed. Node-RED gives its nodes 15,000 to close.'),
	answerMs: ms.default(2_000).describe("An instance's answer to a question about its state; one that is silent for longer counts as gone."),
	hungMs: ms
		.default(2_000)
		.describe(
			"Without a sign of life from Node-RED's event loop for so long, it is killed; a spare takes over, or it is started again. Flows that block it for longer need more.",
		),
	lockMs: ms.default(4_000).describe('How long the lock of a command that was killed stays; the next command waits for its end.'),
	abortMs: ms.default(120_000).describe('How long `flowferry abort` waits for a running promotion to have gone back.'),
});

/** As base64 it must still fit into one string. */
const MAX_CONTEXT_BYTES = 256 * 1024 * 1024;

const contextStores = ['memory', 'sqlite'] as const;

const context = z.strictObject({
	store: z
		.enum(contextStores)
		.optional()
		.describe(
			'Where context is kept whose store the settings do not name. memory: in each Node-RED; sqlite: in one file that all instances of a hot-spare environment share, so that it survives a failover. Default: sqlite in hot-spare mode with two instances or more, else memory.',
		),
	durability: z
		.enum(['process', 'power'])
		.default('process')
		.describe(
			'What a write into the store `sqlite` survives once it is acknowledged. process: the death of any process; power: a power cut, too.',
		),
	carry: z
		.boolean()
		.default(true)
		.describe('Whether what Node-RED keeps in memory stores goes from the old instances to the new; else it begins anew.'),
	except: z
		.array(z.string().min(1))
		.default([])
		.describe('Keys and scopes that begin anew: `global.cache*`, `flow.Plant.total`, `node.*`; by name or id, `*` stands for any text.'),
	maxBytes: z
		.int()
		.min(1)
		.max(MAX_CONTEXT_BYTES)
		.default(32 * 1024 * 1024)
		.describe('How much of it goes from one instance to the next; what is too large is left behind, and reported.'),
});

/** As long as the longest of HAProxy's holds. */
const LONGEST_TAKEOVER_MS = 600_000;

const pins = z.array(z.string().min(1)).default([]);

const primary = z.strictObject({
	timers: z
		.boolean()
		.default(true)
		.describe('Whether inject nodes fire on the primary alone, at intervals, by timetables and at the start; else on every instance.'),
	sources: pins.describe(
		'What else goes out on the primary alone: ids, names or types of nodes, ids or names of flows and subflows for all sources in them; `*` stands for any text.',
	),
	except: pins.describe('What fires on every instance all the same, such as an inject that fills a context; named as in sources.'),
});

const failOn = z.enum([...severities, 'never']);

const environmentKeys = z.strictObject({
	mode: z.enum(modes).describe('hot-spare: one instance runs the flows; load-balanced: all of them.'),
	target: z.enum(['process']).default('process').describe('Where instances run.'),
	directory: z
		.string()
		.min(1)
		.optional()
		.describe('Where the environment lives on this machine; default `.flowferry/environments/<name>`.'),
	router: z
		.enum(routerKinds)
		.default('gateway')
		.describe("What moves and holds traffic: flowferry's own gateway, or an installed HAProxy 2.6 or later, which flowferry starts."),
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
		.describe('Instances in a slot; default 2. In hot-spare mode one of them is active, and the others are its spares; 1: it has none.'),
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
			"By node id: the node's credentials, such as `{ b1: { user: plant, password: ${MQTT_PASSWORD} } }`. On disk they are sealed with a key that is kept in memory alone.",
		),
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
	.refine(({ router, accessLog }) => router === 'gateway' || accessLog === undefined, {
		path: ['accessLog'],
		message: 'is written by the gateway: leave it out with `router: haproxy`, or set `router: gateway`',
	})
	.refine(({ mode, primary: policy }) => mode === 'load-balanced' || policy === undefined, {
		path: ['primary'],
		message: 'is elected among instances that run at once, and in hot-spare mode one runs alone',
	})
	.superRefine(({ instances = defaultInstances, instanceMetricsPort, port, metricsPort }, context) => {
		if (instanceMetricsPort === undefined) return;
		const message = metricsPortsFault(instanceMetricsPort, instances, { port, metricsPort });
		if (message !== null) context.addIssue({ code: 'custom', path: ['instanceMetricsPort'], message });
	});

const ruleLevels = z
	.record(z.string(), z.enum(['off', ...severities]))
	.describe('By rule id: `off`, or the severity that all its findings get; `flowferry rules` lists the ids.');

const lintOverride = z.strictObject({
	flows: z.array(z.string()).optional().describe('Ids or names of flows and subflows; `*` stands for any text.'),
	files: z
		.array(z.string())
		.optional()
		.describe("Paths from this file's folder; `*` stays in a folder, `**` spans folders, a bare name is one in any folder."),
	rules: ruleLevels,
});

const lint = z.strictObject({
	extends: z
		.array(z.enum(presetNames))
		.default([])
		.describe(
			'Presets, later ones win: `hot-spare` and `load-balanced` set the mode; `strict` fails on warnings and on poor suppressions.',
		),
	failOn: failOn.optional().describe('Findings of this severity or worse fail `flowferry lint`; default error.'),
	maxWarnings: z
		.int()
		.min(0)
		.max(1_000_000)
		.optional()
		.describe('More warnings than this fail `flowferry lint`; default: any number passes.'),
	minConfidence: z.enum(confidences).optional().describe('Findings of less confidence are left out; default low: none is.'),
	rules: ruleLevels.default({}),
	overrides: z.array(lintOverride).default([]).describe('Other levels for some flows or files; later entries win.'),
	types: z
		.array(z.record(z.string(), z.unknown()))
		.default([])
		.describe(
			'Node types of your own, or other words on known ones: `{ type: acme-counter, keeps: its count }`; docs/guides/lint.md has the keys.',
		),
	plugins: z
		.array(z.string().min(1))
		.default([])
		.describe(
			"Modules with rules and node types of your own: paths from this file's folder (`./lint-rules.js`), or packages installed there; docs/guides/lint.md says what they export.",
		),
	contextStorage: z
		.record(z.string(), z.unknown())
		.optional()
		.describe("As in production's Node-RED settings; `shared: true` in a store says that all instances see the same."),
	ignore: z
		.strictObject({
			flows: z.array(z.string()).default([]).describe('Ids or names of flows and subflows.'),
			files: z.array(z.string()).default([]).describe('Paths, as in overrides.'),
		})
		.prefault({})
		.describe('What is not judged at all.'),
});

/** `flowferry.yaml`. The editor's JSON Schema is generated from this. */
export const configSchema = z.strictObject({
	dev: z.union([devByUrl, devByUserDir]).describe('Where flows are developed: an admin API or a user directory.'),
	store: z.string().min(1).default('.flowferry/snapshots').describe('The git repository that holds the snapshots.'),
	environments: z
		.record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/), environment)
		.refine((environments) => Object.keys(environments).length > 0, { message: 'must hold at least one environment' })
		.describe('Where releases run, by name.'),
	lint: lint.prefault({}).describe('How flows are judged, by `flowferry lint` and before a promotion.'),
});

/** Where Node-RED's context is kept. */
export type ContextStoreKind = (typeof contextStores)[number];

export type Config = z.infer<typeof configSchema>;
export type DevConfig = Config['dev'];
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
