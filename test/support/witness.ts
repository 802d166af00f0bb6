import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import { node } from './project.ts';

/** Between two beats of an instance's flows. */
const BEAT_MS = 50;
const EAR = fileURLToPath(new URL('ear.ts', import.meta.url));
/** Between two requests. */
const REQUEST_MS = 50;

/** An instance that is not heard for so long has stopped, and starts anew where it is heard again. */
const STOPPED_MS = 1000;

export interface Beat {
	instance: string;
	/** When it came, on this process's clock. */
	atMs: number;
}

/** For how long one instance alone was heard. */
export interface Turn {
	instance: string;
	fromMs: number;
	toMs: number;
}

/** Hears what instances themselves send while their flows run, past every router: who acts, and when. */
export interface Witness {
	/** Nodes that send beats while they run. */
	flows: FlowNode[];
	/** Who acted since then, one after the other: two that act at once take turns with every beat. @param sinceMs of `performance.now()` */
	turns(sinceMs: number): Turn[];
	/** The longest time between two beats since then, whoever sent them, in milliseconds. */
	longestSilenceMs(sinceMs: number): number;
	/** @see doubleActiveMs */
	doubleActiveMs(sinceMs: number): number;
	close(): void;
}

/** Where beats are heard. */
export interface Place {
	/** An address that instances reach. */
	host: string;
	/** What starts a program there: `nsenter --net=…`; default: it is this machine. */
	within?: readonly string[];
}

/** @param places each beat is sent to all of them: an instance that does not reach this machine may reach another */
export async function startWitness(...places: Place[]): Promise<Witness> {
	const beats: Beat[] = [];
	const ears = await Promise.all(places.map((place) => listenAt(place, (beat) => beats.push(beat))));
	const since = (sinceMs: number) => beats.filter(({ atMs }) => atMs >= sinceMs).toSorted((a, b) => a.atMs - b.atMs);
	const timer = { props: [{ p: 'payload' }], payload: 'FLOWFERRY_INSTANCE', payloadType: 'env', repeat: String(BEAT_MS / 1000) };
	const plain = { ipv: 'udp4', iface: '', outport: '', base64: false, multicast: 'false' };
	const senders = ears.map(({ host, port }, index) => node(`beat${index + 2}`, 'udp out', { ...plain, addr: host, port }));
	return {
		flows: [node('beat1', 'inject', { ...timer, wires: [senders.map(({ id }) => id)] }), ...senders],
		turns: (sinceMs) => {
			const turns: Turn[] = [];
			for (const { instance, atMs } of since(sinceMs)) {
				const last = turns.at(-1);
				if (last?.instance === instance) last.toMs = atMs;
				else turns.push({ instance, fromMs: atMs, toMs: atMs });
			}
			return turns;
		},
		longestSilenceMs: (sinceMs) => {
			const times = since(sinceMs).map(({ atMs }) => atMs);
			return Math.round(Math.max(0, ...times.slice(1).map((atMs, index) => atMs - (times[index] as number))));
		},
		doubleActiveMs: (sinceMs) => Math.round(doubleActiveMs(since(sinceMs))),
		close: () => {
			for (const { child } of ears) child.kill();
		},
	};
}

interface Ear {
	host: string;
	port: string;
	child: ChildProcess;
}

async function listenAt({ host, within = [] }: Place, heard: (beat: Beat) => void): Promise<Ear> {
	const child = spawn('env', [...within, process.execPath, EAR, host], { stdio: ['ignore', 'pipe', 'inherit'] });
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	const { value: port = '' } = await lines.next();
	// Both clocks are the machine's monotonic one; this process counts from its own start.
	const startedMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
	void (async () => {
		for (let line = await lines.next(); !line.done; line = await lines.next()) {
			const [at, instance = ''] = line.value.split(' ');
			heard({ instance, atMs: Number(at) / 1e6 - startedMs });
		}
	})();
	return { host, port, child };
}

/** For how long, together, two instances acted at once: from the first beat of one that began while another went on. Pure. */
export function doubleActiveMs(beats: readonly Beat[]): number {
	const spells: { instance: string; fromMs: number; toMs: number }[] = [];
	for (const { instance, atMs } of beats) {
		const last = spells.findLast((spell) => spell.instance === instance);
		if (last && atMs - last.toMs < STOPPED_MS) last.toMs = atMs;
		else spells.push({ instance, fromMs: atMs, toMs: atMs });
	}
	const overlaps = spells.flatMap((one, index) =>
		spells.slice(index + 1).map((other) => Math.min(one.toMs, other.toMs) - Math.max(one.fromMs, other.fromMs)),
	);
	return overlaps.reduce((sum, ms) => sum + Math.max(0, ms), 0);
}

/** `GET /version` all the time, each whether the ones before have been answered or not. */
export interface Requests {
	/**
	 * Stops, and waits for those that are under way. `longestGapMs`: without an answer to any of them; `faults`: how many failed by what, a
	 * status or an error's name.
	 */
	stop(): Promise<{ requests: number; failed: number; longestGapMs: number; faults: Record<string, number> }>;
}

export function startRequests(url: string): Requests {
	const answers: Promise<boolean>[] = [];
	const faults: Record<string, number> = {};
	let [longestGapMs, lastMs, isOver] = [0, performance.now(), false];
	const waited = () => {
		longestGapMs = Math.max(longestGapMs, performance.now() - lastMs);
	};
	const ask = async () => {
		const answer = await askVersion(url);
		const isAnswered = 'version' in answer;
		if (!isAnswered) faults[answer.fault] = (faults[answer.fault] ?? 0) + 1;
		if (isAnswered && !isOver) {
			waited();
			lastMs = performance.now();
		}
		return isAnswered;
	};
	const timer = setInterval(() => answers.push(ask()), REQUEST_MS);
	return {
		stop: async () => {
			clearInterval(timer);
			waited();
			isOver = true;
			const found = await Promise.all(answers);
			return { requests: found.length, failed: found.filter((each) => !each).length, longestGapMs: Math.round(longestGapMs), faults };
		},
	};
}

/** What `GET /version` answers; null where it fails. */
export async function versionOf(url: string): Promise<string | null> {
	const answer = await askVersion(url);
	return 'version' in answer ? answer.version : null;
}

async function askVersion(url: string): Promise<{ version: string } | { fault: string }> {
	try {
		const response = await fetch(`${url}/version`, { signal: AbortSignal.timeout(5000) });
		const text = await response.text();
		return response.ok ? { version: text } : { fault: String(response.status) };
	} catch (error) {
		const { name, cause } = error as Error & { cause?: { code?: string } };
		return { fault: cause?.code ?? name };
	}
}
