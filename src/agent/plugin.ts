import type { AddressInfo } from 'node:net';
import { findContextStores } from './context-stores.ts';
import { DeferredConnections } from './deferred-connections.ts';
import { type Closing, drain } from './drain.ts';
import { Gate } from './gate.ts';
import { InFlight } from './in-flight.ts';
import { KeepAlive } from './keep-alive.ts';
import { LeaseGuard } from './lease-guard.ts';
import { Loaded } from './loaded-flows.ts';
import { LoopDelay } from './loop-delay.ts';
import { MemoryContext } from './memory-context.ts';
import type { PluginApi, RuntimeEvent } from './node-red.ts';
import { describeNode, loadRuntimeApi, runningNodes } from './node-red.ts';
import { opened } from './opened-editor.ts';
import { Primary } from './primary.ts';
import { describeProgress } from './progress.ts';
import type {
	AgentCall,
	AgentCalls,
	AgentEvent,
	AgentReport,
	CallMessage,
	FlowProblem,
	LeaseMessage,
	PrimaryMessage,
	ReplyMessage,
} from './protocol.ts';
import { Recent } from './recent.ts';
import { sharedContext } from './shared-context.ts';
import { quiesce } from './sources.ts';
import { Streams } from './streams.ts';
import { readNews } from './time.ts';
import { findUnknownFields } from './unknown-fields.ts';
import { validate } from './validate.ts';
import { warmUpMqtt } from './warm-up.ts';

/** A hang is noticed that much later, at most. */
const HEARTBEAT_MS = 100;
/** What has been handled since the last time would be handled twice after a crash. */
const POSITION_MS = 50;
const MAX_PROBLEMS = 20;
/** Nodes may take `nodeCloseTimeout` to close, 15 s by default. */
const DEPLOY_MS = 20_000;
/** From counting the streams to closing the sources, with the hooks between and the wait for held requests as they are by default. */
const CUTOVER_MS = 60_000;
/** What Node-RED logs, in every language, of a node whose close does not end (`@node-red/runtime/lib/flows/Flow.js`). */
const CLOSE_TIMED_OUT = /Close timed out/;

/** Runs inside Node-RED, as its plugin; does nothing where Node-RED has no runner as its parent. */
function agent(api: PluginApi): void {
	if (!process.send) return;
	const runtime = loadRuntimeApi();
	const lease = new LeaseGuard(endThis);
	const inFlight = new InFlight(api, mayRun);
	const streams = new Streams(api);
	const gate = new Gate(api, streams);
	const primary = new Primary(api, readNews);
	const connections = new DeferredConnections();
	const keepAlive = new KeepAlive(api.server);
	const context = new MemoryContext(() => findContextStores(api.settings));
	const delay = new LoopDelay(performance.now());
	const loaded = new Loaded(runtime, api.nodes);
	const { editor } = opened;

	let flows: AgentReport['flows'] = 'stopped';
	let lastState: RuntimeEvent['payload'];
	let problems: FlowProblem[] = [];
	let errors = 0;
	let recent = new Recent(performance.now());
	let closing: Closing | undefined;
	let atWork = false;
	/** Nodes that did not close within Node-RED's `nodeCloseTimeout`. */
	const unclosed: string[] = [];
	let unknown: string[] = [];

	api.events.on('flows:started', () => {
		flows = 'started';
		unknown = findUnknownFields(api);
	});
	// A deploy in place: nobody else begins for it.
	api.events.on('flows:starting', () => {
		if (editor?.deploying) primary.begin();
	});
	api.events.on('flows:stopped', ({ type }) => {
		flows = 'stopped';
		if (type === 'nodes' || type === 'flows') inFlight.keepOnly(new Set(runningNodes(api)));
		else countAnew();
		connections.forget();
		gate.stop();
		primary.end();
	});
	api.log.addHandler({
		emit: (_event, entry) => {
			if (CLOSE_TIMED_OUT.test(String(entry.msg))) unclosed.push(`${entry.type} '${entry.name || entry.id}'`);
			if (entry.level > api.log.ERROR) return;
			errors++;
			if (problems.length >= MAX_PROBLEMS) return;
			const node = entry.id && entry.type ? describeNode({ ...entry, id: entry.id, type: entry.type }) : null;
			problems.push({ node, message: String(entry.msg) });
			// At once: whoever verifies a start asks within a moment.
			send({ event: 'heartbeat', report: report() });
		},
	});

	const calls: { [C in AgentCall]: (params: AgentCalls[C]['params']) => Promise<AgentCalls[C]['result']> } = {
		start: async () => {
			if (gate.closed) throw new Error('the flows run already, behind a gate');
			context.forgetImport();
			sharedContext.store?.beginAnew();
			joinSharedContext();
			primary.begin();
			await startFlows();
			editor?.open(() => lease.isHeld);
			return {};
		},
		startBehindGate: async () => {
			if (!connections.defer()) return { refused: 'its MQTT client is not the one that this agent knows' };
			streams.count();
			gate.close();
			sharedContext.store?.beginAnew();
			await startFlows();
			if (unknown.length === 0) return { refused: null };
			await calls.stop({});
			return { refused: `it is a Node-RED of a version that is not known: it has no ${unknown.join(', ')}` };
		},
		listen: async ({ topic, timeoutMs, follow }) => {
			if (!follow) await editor?.holdStill(CUTOVER_MS, timeoutMs);
			streams.count();
			primary.comeLast();
			const listening = await streams.listen(topic, timeoutMs);
			if (follow) streams.follow();
			return listening;
		},
		sendSentinel: async ({ sentinel }) => {
			streams.sendSentinel(sentinel);
			return {};
		},
		streams: async () => streams.report(),
		open: async ({ order }) => {
			if (!lease.isHeld) throw new Error('the gate opens under a lease only');
			if (!gate.closed) throw new Error('the gate is not closed');
			streams.assertKnown(Object.keys(order.handled));
			context.forgetImport();
			joinSharedContext();
			connections.connectAll();
			primary.begin();
			editor?.open(() => lease.isHeld);
			return gate.open(order);
		},
		advance: async ({ order }) => {
			gate.advance(order);
			return { session: streams.session };
		},
		stop: async () => {
			await editor?.close(DEPLOY_MS);
			const putBack = context.remember();
			await runtime.flows.setState({ state: 'stop' });
			putBack();
			sharedContext.store?.part();
			// Node-RED goes on without them, and so do they: only the process's end stops what they do.
			if (unclosed.length > 0) throw new Error(`not closed in time: ${unclosed.join(', ')}`);
			return {};
		},
		quiesce: async ({ timeoutMs }) => {
			await editor?.close(timeoutMs);
			keepAlive.refuse();
			unknown = findUnknownFields(api);
			const report = unknown.length > 0 ? { closed: [], stuck: [] } : await quiesce(api, timeoutMs);
			streams.close();
			closing = { at: performance.now(), received: inFlight.received };
			return { ...report, unknown, streams: streams.report() };
		},
		// What cannot be counted is not waited for: no wait would end any sooner, or tell anything.
		drain: async ({ deadlineMs }) =>
			unknown.length > 0 ? { drained: false, left: [], durationMs: 0 } : await drain(inFlight, deadlineMs, closing),
		validate: async () => {
			const loaded = await runtime.flows.getFlows({});
			if (loaded.flows.some(({ type }) => type === 'mqtt-broker')) await warmUpMqtt();
			return validate(loaded, lastState);
		},
		report: async () => report(),
		flows: () => loaded.read(),
		progress: async () => describeProgress(inFlight.byNode()),
		exportContext: async (options) => context.export((await runtime.flows.getFlows({})).flows, options),
		importContext: async ({ values }) => context.import((await runtime.flows.getFlows({})).flows, values, flows === 'started'),
	};

	async function startFlows(): Promise<void> {
		problems = [];
		atWork = false;
		countAnew();
		keepAlive.allow();
		await runtime.flows.setState({ state: 'start' });
	}

	function countAnew(): void {
		inFlight.reset();
		errors = 0;
		recent = new Recent(performance.now());
	}

	/** For a spare that is to go on from here; once more when nobody follows any longer. */
	let followed = false;
	function tellPosition(): void {
		const position = streams.position();
		if (position || followed) send({ event: 'position', position });
		followed = position !== null;
	}

	/** The first message since the start is news at once: whoever verifies a release asks whether it has done anything. */
	function tellOfWork(): void {
		atWork = true;
		setImmediate(() => send({ event: 'heartbeat', report: report() }));
	}

	function report(): AgentReport {
		const eventLoopDelayMs = delay.read(performance.now());
		const { silentMs, ...activity } = recent.take(performance.now(), { received: inFlight.received, errors });
		return {
			flows,
			rev: loaded.rev,
			credentialsChanged: loaded.credentialsChanged,
			inFlight: inFlight.total,
			received: inFlight.received,
			eventLoopDelayMs,
			rssBytes: process.memoryUsage.rss(),
			problems,
			recent: activity,
			silentMs,
			unknown,
		};
	}

	function mayRun(): Promise<void> | undefined {
		if (!atWork) tellOfWork();
		return lease.confirm();
	}

	process.on('message', (message: CallMessage | LeaseMessage | PrimaryMessage) => {
		if ('leaseUntilMs' in message) {
			const { leaseUntilMs: untilMs, token } = message;
			sharedContext.lease = untilMs === null || token === null ? null : { untilMs, token };
			lease.take(message);
		} else if ('primaryUntilMs' in message) primary.take(message);
		else void answer(message);
	});

	/** @throws where the store cannot be written: then the flows do not go to work */
	function joinSharedContext(): void {
		const yielded = sharedContext.store?.join() ?? [];
		if (yielded.length > 0)
			api.log.warn(`context that the active instance has written meanwhile stays as that has it: ${yielded.join(', ')}`);
	}

	sharedContext.onRefused = (refusal) => {
		api.log.error(`${refusal.message}; this process ends`);
		if (refusal.isFenced) endThis();
		else void lease.confirm();
	};
	sharedContext.onUnusable = (error) => {
		api.log.error(`the context store cannot be opened: ${error.message}`);
		// Node-RED would stay, without flows and without a listener.
		process.exit(1);
	};

	async function answer({ id, call, params }: CallMessage): Promise<void> {
		try {
			const result = await (calls[call] as (params: unknown) => Promise<unknown>)(params);
			send({ reply: id, ok: true, result });
		} catch (error) {
			send({ reply: id, ok: false, error: String(error) });
		}
	}

	process.on('disconnect', endThis);

	/** Where it has loaded none, whoever validates is told. */
	const look = () => loaded.look().catch(() => {});
	let announced = false;
	const announceWhenReady = async () => {
		if (announced || !lastState || !api.server.listening) return;
		announced = true;
		await look();
		const editorPort = editor ? await editor.listen(api.server) : null;
		const { port } = api.server.address() as AddressInfo;
		send({ event: 'ready', port, nodeRed: api.version().replace(/-git$/, ''), editorPort });
		setInterval(() => send({ event: 'heartbeat', report: report() }), HEARTBEAT_MS).unref();
		setInterval(tellPosition, POSITION_MS).unref();
	};
	api.events.on('runtime-event', (event) => {
		if (event.id === 'runtime-deploy') {
			editor?.deployed();
			if (announced) void look();
		}
		if (event.id !== 'runtime-state') return;
		lastState = event.payload;
		void announceWhenReady();
	});
	api.server.once('listening', () => void announceWhenReady());
}

/** At once: a signal to oneself has come before `kill` returns. */
function endThis(): void {
	process.kill(process.pid, 'SIGKILL');
}

function send(message: ReplyMessage | AgentEvent): void {
	process.send?.(message);
}

// Node-RED loads plugins by require(), which takes this name for the whole export (Node.js 20.19, 22.12 and later).
export { agent as 'module.exports' };
