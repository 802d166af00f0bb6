import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { effects, type KeeperApi } from '../../../../src/lib/keeper/api.ts';
import { serveSession } from '../../../../src/lib/keeper/serve.ts';
import { emptyKeeper } from '../../../../src/lib/targets/docker/empty-keeper.ts';
import { KeeperLink, type KeeperLinkOptions } from '../../../../src/lib/targets/docker/keeper-link.ts';

/** An engine with room for one keeper, whose sessions can be cut. */
class World {
	keeper: KeeperApi | null = null;
	running = true;
	/** Of its container. */
	id = '1';
	/** It answers nothing; told again when it goes on. */
	paused: Promise<void> | null = null;
	goOn = () => {};
	/** Those that are open. */
	readonly sessions = new Set<PassThrough>();
	begun = 0;
	ensured = 0;
	started = 0;
	/** What a keeper of before has left. */
	hasVolume = false;
	/** Of what the engine is asked, the next fails. */
	fault: Error | null = null;
	/** Calls that the keeper got. */
	readonly calls: string[] = [];
	readonly link: KeeperLink;
	/** Of calls of these names the next is not answered: the session is cut instead. */
	readonly cutAt = new Set<string>();
	readonly #empty = emptyKeeper();

	constructor(more: Partial<KeeperLinkOptions> = {}) {
		this.link = new KeeperLink({
			name: 'flowferry-production-keeper',
			webSockets: 'keep',
			containers: {
				engine: { name: 'unix:///run/docker.sock' },
				inspect: async () => {
					if (this.fault) throw this.fault;
					return this.keeper ? ({ Id: this.id, State: { Running: this.running, Paused: this.paused !== null } } as never) : null;
				},
				start: async () => {
					this.started++;
					this.running = true;
				},
				unpause: async () => this.goOn(),
				begin: async () => this.#begin(),
			},
			ensure: async () => {
				this.ensured++;
				await sleep(5);
				if (this.keeper) return false;
				this.make();
				return true;
			},
			exists: async () => this.hasVolume,
			empty: this.#empty,
			againForMs: 2000,
			...more,
		});
	}

	make(name = 'keeper'): void {
		const answer = (call: string) => async () => {
			this.calls.push(call);
			await this.paused;
			if (this.cutAt.delete(call)) {
				this.cut();
				await new Promise(() => {});
			}
			return name;
		};
		const part = (calls: object) => Object.fromEntries(Object.keys(calls).map((call) => [call, answer(call)]));
		this.keeper = Object.fromEntries(Object.entries(effects).map(([name, calls]) => [name, part(calls)])) as unknown as KeeperApi;
	}

	pause(): void {
		this.paused = new Promise((resolve) => {
			this.goOn = () => {
				this.paused = null;
				resolve();
			};
		});
	}

	cut(): void {
		for (const input of this.sessions) input.destroy();
	}

	close(): void {
		this.link.close();
		this.#empty.close();
	}

	#begin() {
		this.begun++;
		const [input, output] = [new PassThrough(), new PassThrough()];
		this.sessions.add(input);
		input.on('close', () => {
			this.sessions.delete(input);
			output.end();
		});
		serveSession(Promise.resolve(this.keeper as KeeperApi), input, output).catch(() => {});
		return { input, output, said: () => 'killed' };
	}
}

describe('the way to a keeper', () => {
	let world: World;
	beforeEach(() => {
		world = new World();
	});
	afterEach(() => world.close());

	it('answers as an empty environment would what only reads, and makes no keeper for it', async () => {
		expect(await world.link.call('journal', 'slots', [])).toEqual({ blue: null, green: null });
		expect(await world.link.call('slots', 'read', ['blue'])).toBeNull();
		expect(await world.link.call('router', 'status', [])).toBeNull();
		expect(await world.link.call('leases', 'list', [])).toEqual([]);
		expect([world.ensured, world.begun]).toEqual([0, 0]);
	});

	it('brings a keeper back that somebody removed, also for what only reads', async () => {
		world.hasVolume = true;
		expect(await world.link.call('journal', 'slots', [])).toBe('keeper');
		expect(world.ensured).toBe(1);
	});

	it.each(['keepLog', 'read', 'createRelease'])('brings a keeper back that somebody removed after it was made, for %s', async (call) => {
		await world.link.call('slots', 'remove', ['blue']);
		world.hasVolume = true;
		world.keeper = null;
		world.cut();
		await sleep(5);
		const part = call === 'createRelease' ? 'journal' : 'slots';
		expect(await world.link.call(part, call, ['blue'])).toBe('keeper');
		expect([world.ensured, world.calls]).toEqual([2, ['remove', call]]);
	});

	it('makes the keeper with the first change, once for all who ask at once', async () => {
		expect(await world.link.call('journal', 'slots', [])).toEqual({ blue: null, green: null });
		const asked = [
			world.link.call('plans', 'key', []),
			world.link.call('audit', 'append', []),
			world.link.call('slots', 'remove', ['blue']),
		];
		expect(await Promise.all(asked)).toEqual(['keeper', 'keeper', 'keeper']);
		expect([world.ensured, world.begun]).toEqual([1, 1]);
		expect(await world.link.call('journal', 'slots', [])).toBe('keeper');
	});

	it('opens one session for calls that come at once', async () => {
		world.make();
		expect(await Promise.all([1, 2, 3].map(() => world.link.call('journal', 'slots', [])))).toEqual(['keeper', 'keeper', 'keeper']);
		expect([world.begun, world.sessions.size]).toEqual([1, 1]);
	});

	it('finds a keeper that somebody else has made meanwhile', async () => {
		expect(await world.link.call('slots', 'read', ['blue'])).toBeNull();
		world.make();
		expect(await world.link.call('slots', 'read', ['blue'])).toBe('keeper');
	});

	it('starts a keeper that stands still', async () => {
		world.make();
		world.running = false;
		expect(await world.link.call('journal', 'slots', [])).toBe('keeper');
		expect(world.started).toBe(1);
	});

	it.each(['slots', 'setSlot'])('makes a call again whose answer was lost: journal.%s', async (call) => {
		world.make();
		world.cutAt.add(call);
		expect(await world.link.call('journal', call, [])).toBe('keeper');
		expect(world.calls).toEqual([call, call]);
		expect(world.sessions.size).toBe(1);
	});

	it('makes no call again that would do something else then, and says why it is lost', async () => {
		world.make();
		world.cutAt.add('begin');
		await expect(world.link.call('journal', 'begin', [])).rejects.toMatchObject({
			code: 'KEEPER_LOST',
			message: expect.stringContaining('flowferry-production-keeper on unix:///run/docker.sock was lost (killed)'),
		});
		expect(world.calls).toEqual(['begin']);
	});

	it('makes any call in a new session where the one before has ended meanwhile', async () => {
		world.make();
		await world.link.call('journal', 'slots', []);
		world.cut();
		await sleep(5);
		expect(await world.link.call('journal', 'begin', [])).toBe('keeper');
	});

	it('opens one session anew, not one for each call that was lost', async () => {
		world.make();
		world.cutAt.add('history');
		await Promise.all(['slots', 'history', 'unfinished'].map((call) => world.link.call('journal', call, [])));
		await Promise.all(['slots', 'history'].map((call) => world.link.call('journal', call, [])));
		expect([world.begun, world.sessions.size]).toEqual([2, 1]);
	});

	it('leads to the new keeper where the one before is replaced', async () => {
		world.close();
		world = new World({
			ensure: async () => {
				world.make('newer');
				return true;
			},
		});
		world.make('older');
		expect(await world.link.call('journal', 'slots', [])).toBe('older');
		expect(await world.link.call('journal', 'setSlot', [])).toBe('newer');
		expect(await world.link.call('journal', 'slots', [])).toBe('newer');
		await sleep(5);
		expect(world.sessions.size).toBe(1);
	});

	it('has a keeper go on that somebody pauses in the middle', async () => {
		world.make();
		await world.link.call('journal', 'slots', []);
		world.pause();
		expect(await world.link.call('journal', 'begin', [])).toBe('keeper');
		expect(world.calls).toEqual(['slots', 'begin']);
	});

	it('leaves a keeper whose container was replaced without an end of the session', async () => {
		world.make('older');
		await world.link.call('journal', 'slots', []);
		world.pause();
		const asked = world.link.call('journal', 'slots', []);
		await sleep(5);
		world.paused = null;
		world.id = '2';
		world.make('newer');
		expect(await asked).toBe('newer');
	});

	it('does not give the fault of one moment to all who ask later', async () => {
		world.make();
		world.fault = new Error('the engine is away');
		await expect(world.link.call('journal', 'slots', [])).rejects.toThrow('the engine is away');
		world.fault = null;
		expect(await world.link.call('journal', 'slots', [])).toBe('keeper');
	});

	it('makes the keeper at the next call where that failed', async () => {
		world.close();
		let fails = true;
		world = new World({
			ensure: async () => {
				if (!fails) world.make();
				if (fails) throw new Error('no such image');
				return true;
			},
		});
		await expect(world.link.call('plans', 'key', [])).rejects.toThrow('no such image');
		fails = false;
		expect(await world.link.call('plans', 'key', [])).toBe('keeper');
	});

	it('gives up in the end', async () => {
		world.close();
		world = new World({ againForMs: 300 });
		world.make();
		const cutting = setInterval(() => world.cutAt.add('slots'), 1);
		world.cutAt.add('slots');
		await expect(world.link.call('journal', 'slots', [])).rejects.toMatchObject({ code: 'KEEPER_LOST' });
		clearInterval(cutting);
	});

	it('leaves nothing open when it is closed, and opens nothing any more', async () => {
		world.make();
		world.cutAt.add('history');
		await world.link.call('journal', 'slots', []);
		const underWay = world.link.call('machine', 'nowMs', []);
		const lost = world.link.call('journal', 'history', []);
		await underWay;
		world.link.close();
		await expect(lost).rejects.toMatchObject({ code: 'KEEPER_LOST' });
		await expect(world.link.call('journal', 'slots', [])).rejects.toMatchObject({ code: 'KEEPER_LOST' });
		await sleep(5);
		expect(world.sessions.size).toBe(0);
	});
});
