import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { PromotionSetting } from '../../../src/lib/cutover/promote.ts';
import { lockLost } from '../../../src/lib/cutover/run.ts';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import type { PromotionState, Step } from '../../../src/lib/promotion/machine.ts';
import { milestones, steps } from '../../../src/lib/promotion/machine.ts';
import { journalTables, SqliteJournal } from '../../../src/lib/promotion/sqlite-journal.ts';
import type { RouterStatus, Upstream } from '../../../src/lib/routers/router.ts';
import type { Instance, InstanceState, InstanceStatus, StreamReport } from '../../../src/lib/targets/instance.ts';
import type { Target } from '../../../src/lib/targets/target.ts';

const noStreams: StreamReport = { session: '', connections: [], streams: [], marks: [], counts: {}, lost: [], closedAtMs: 1 };
const rev = createHash('sha256').update('[]').digest('hex');

/** Where a command is killed: when a step is in the journal, or when it has acted and nothing says so yet. */
export interface KillAt {
	step: Step;
	moment: 'begun' | 'acted';
}

/** Instances of one slot, blue, that compete for one seat, as their runners would. */
export class SlotWorld {
	readonly states: (InstanceState | 'dead')[];
	/** Index of the holder of the seat's lease; it may not have taken it up yet. */
	lease: number | null = 0;
	context = ['context of blue/0'];
	traffic: 'held' | string[] = ['blue/0'];
	/** Calls that a switchover must not make. */
	readonly forbidden: string[] = [];
	readonly commands: string[] = [];
	/** Runners that cannot be started again. */
	readonly broken = new Set<number>();
	/** Calls that fail: `activate blue/1`. */
	readonly failing = new Set<string>();
	/** Before each call, by its name. */
	before: (call: string) => void = () => {};
	/** Most instances that ran their flows at once. */
	mostActive = 1;
	readonly journal: SqliteJournal;
	killAt: KillAt | null = null;

	constructor(count: number) {
		this.states = Array.from({ length: count }, (_, index) => (index === 0 ? 'active' : 'standby'));
		const database = new DatabaseSync(':memory:');
		database.exec(journalTables);
		this.journal = new SqliteJournal(database, () => new Date());
		const record = this.journal.record.bind(this.journal);
		this.journal.record = async (id, state, finished) => {
			if (this.killAt?.moment === 'acted' && hasDone(state, this.killAt.step)) throw lockLost();
			await record(id, state, finished);
			if (this.killAt?.moment === 'begun' && state.kind === 'going' && state.running === this.killAt.step) throw lockLost();
		};
	}

	/** Release 1 serves in blue. */
	static async open(count: number): Promise<SlotWorld> {
		const world = new SlotWorld(count);
		await world.journal.setSlot('blue', await world.journal.createRelease('a'.repeat(64)));
		await world.journal.setServingSlot('blue');
		return world;
	}

	/** Names of those whose flows run, with their sources open. */
	get active(): string[] {
		return this.states.flatMap((state, index) => (state === 'active' ? [`blue/${index}`] : []));
	}

	/** The runner is gone, with its Node-RED. */
	kill(index: number): void {
		this.states[index] = 'dead';
		if (this.lease === index) this.lease = null;
	}

	setting(environment: object = {}): PromotionSetting {
		return {
			environment: {
				name: 'production',
				mode: 'hot-spare',
				host: '127.0.0.1',
				port: 8080,
				checks: [],
				hooks: { before: {}, after: {}, promoted: 'promoted', rolledBack: 'rolledBack' },
				bake: { forMs: 60_000, checkEveryMs: 1000 },
				keep: 'none',
				errorRate: { factor: 5, minimum: 10 },
				context: { carry: true, except: [], maxBytes: 1000 },
				hold: { maxRequests: 100 },
				cutTopic: 'cut',
				timeouts: {
					startMs: 500,
					holdMs: 500,
					quiesceMs: 500,
					drainMs: 500,
					handOverMs: 500,
					activateMs: 500,
					connectMs: 500,
					verifyMs: 500,
					contextMs: 500,
					hookMs: 500,
				},
				...environment,
			},
			target: this.#target(),
			by: 'test',
			// As on a machine that has the configuration alone.
			loadSnapshot: async () => {
				throw new Error('the store is empty');
			},
			observe: () => {},
			progress: () => {},
			stopReason: () => null,
			superseded: async () => false,
			runCommand: async ({ command }: { command: string }) => {
				this.commands.push(command);
				return { passed: !this.failing.has(command), how: 'exited with status 1', lastLines: [] };
			},
			redact: (text: string) => text,
			interruptMeans: () => {},
		} as unknown as PromotionSetting;
	}

	#target(): Target {
		const forbid = (call: string) => async () => {
			this.forbidden.push(call);
		};
		return {
			journal: this.journal,
			leases: { list: async () => [] },
			router: {
				status: async () => ({ url: 'http://127.0.0.1:8080', inFlight: {} }) as unknown as RouterStatus,
				hold: async () => {
					this.traffic = 'held';
				},
				route: async (upstreams: Upstream[]) => {
					this.traffic = upstreams.map(({ instance }) => instance);
				},
			},
			instances: async (slot: string) => (slot === 'blue' ? this.states.map((_, index) => this.#instance(index)) : []),
			rev: async (slot: string) => (slot === 'blue' ? rev : null),
			start: async () => {
				this.#call('start');
				const dead = [...this.states.keys()].filter((index) => this.states[index] === 'dead');
				for (const index of dead) if (!this.broken.has(index)) this.states[index] = 'standby';
				const lost = dead.find((index) => this.broken.has(index));
				if (lost !== undefined)
					throw new FlowferryError({ code: 'INSTANCE_NOT_STANDING', message: `blue/${lost} does not come up`, hint: 'its log tells more' });
			},
			unlock: async () => {},
			prepare: forbid('prepare'),
			stop: forbid('stop'),
			discard: forbid('discard'),
			startRouter: async () => {},
			stopRouter: forbid('stopRouter'),
		} as unknown as Target;
	}

	#call(call: string): void {
		this.before(call);
		if (this.failing.has(call)) throw new Error(`${call} broke`);
	}

	#instance(index: number): Instance {
		const name = `blue/${index}`;
		const state = () => this.states[index] as InstanceState | 'dead';
		const become = (next: InstanceState) => {
			this.states[index] = next;
			this.mostActive = Math.max(this.mostActive, this.states.filter((each) => each === 'active' || each === 'quiesced').length);
		};
		const reach = (call: string) => {
			this.#call(`${call} ${name}`);
			if (state() === 'dead') throw new Error(`${name} has no runner that answers`);
		};
		const holds = () => this.lease === index && (state() === 'active' || state() === 'quiesced');
		return {
			name,
			status: async () => (state() === 'dead' ? null : statusOf(index, state() as InstanceState, holds())),
			validate: async () => {
				reach('validate');
				return { rev, missingTypes: [], missingModules: [], brokenFunctions: [] };
			},
			gate: async () => {
				reach('gate');
				if (state() === 'standby') become('gated');
				return { refused: null };
			},
			listen: async () => noStreams,
			sendSentinel: async () => {},
			position: async () => null,
			confirm: async () => false,
			streams: async () => noStreams,
			activate: async () => {
				reach('activate');
				if (state() === 'active') return null;
				if (state() !== 'gated' && state() !== 'standby') throw new Error(`${name} is ${state()}`);
				// One that was handed over and not taken up is renewed by nobody: it is waited for.
				const holder = this.active.find((other) => other !== name);
				if (holder) throw new Error(`${holder} holds the seat`);
				this.lease = index;
				become('active');
				return { passed: 0, dropped: 0 };
			},
			quiesce: async () => {
				reach('quiesce');
				if (state() === 'active') become('quiesced');
				return { closed: [], stuck: [], unknown: [], streams: noStreams };
			},
			drain: async () => {
				reach('drain');
				return { drained: true, left: [], durationMs: 0 };
			},
			flows: async () => ({ flows: [], rev, credentials: [] }),
			progress: async () => [],
			exportContext: async () => {
				reach('export');
				return { values: this.context[index] ?? '', excepted: 0, left: [], stores: [] };
			},
			importContext: async (values) => {
				reach('import');
				this.context[index] = values;
				return { carried: 1, bytes: values.length, left: [] };
			},
			resign: async () => {},
			demote: async ({ handOverTo }) => {
				reach('demote');
				if (!holds() && state() !== 'gated') return;
				become('standby');
				if (this.lease === index) this.lease = handOverTo === null ? null : Number(/\/(\d+)@/.exec(handOverTo)?.[1]);
			},
		};
	}
}

function statusOf(index: number, state: InstanceState, holds: boolean): InstanceStatus {
	return {
		instance: `blue/${index}`,
		holder: `blue/${index}@${100 + index}`,
		state,
		seat: 'active',
		lease: holds ? { token: 1 } : null,
		following: null,
		primary: null,
		pid: 100 + index,
		childPid: 200 + index,
		url: `http://127.0.0.1:${4000 + index}`,
		editor: null,
		nodeRed: '5.0.0',
		crashes: 0,
		probes: null,
		heartbeatMs: null,
		drifted: false,
		agent: null,
		log: 'a.log',
	};
}

/** The entry says that the step was done. */
function hasDone(state: PromotionState, step: Step): boolean {
	if (step === 'release') return state.kind === 'baking';
	return state.kind === 'going' && milestones.indexOf(state.reached) === steps.indexOf(step) + 1;
}
