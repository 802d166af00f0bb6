import { standingOf } from '../../../src/agent/lease-guard.ts';
import { decideAfterEnd, decideAsSpare } from '../../../src/lib/failover/decide.ts';
import type { Intent } from '../../../src/lib/failover/failover-store.ts';
import type { LeaseTiming } from '../../../src/lib/lease/lease.ts';
import { type Decision, decideAcquire, decideHandOver, decideRenew } from '../../../src/lib/lease/seat.ts';
import { deadlineOf } from '../../../src/lib/lease/timing.ts';

/**
 * Contenders for one seat, in discrete time. All moments are relative to now, which is 0, so that equal situations at different
 * times are one. What decides is the product's: the store's rules, the deadline, the agent's check, when a spare takes over.
 */
export interface Contender {
	runner: 'up' | 'frozen' | 'dead';
	/** What its LeaseKeeper holds. */
	lease: { token: number; until: number } | null;
	/** Its request to the store: under way, or answered and not read yet. */
	asks: Request | null;
	/** `ended`: its runner has not noticed yet. `stopping`: it was told to stop its flows, which run still. */
	nodeRed: 'ended' | 'booting' | 'standby' | 'running' | 'stopping';
	isStuck: boolean;
	/** What its agent was last told; what waits in the channel counts, since that is read before anything is decided. */
	grant: number | null;
}

export interface Request {
	kind: 'acquire' | 'renew' | 'release' | 'hand over';
	token: number;
	/** Of a hand-over. */
	to: number;
	/** Since it was asked. */
	age: number;
	answer: Decision | null;
}

export interface Situation {
	contenders: Contender[];
	seat: { holder: number | null; token: number; remaining: number };
}

/** What may be weakened, to show that the exploration would notice. */
export interface Protocol {
	timing: LeaseTiming;
	deadline(asked: number, answered: number): number;
	/** The agent's check at a message. */
	mayHandle(grant: number | null): boolean;
	intent: Intent;
}

export type Move = [name: string, next: Situation];

const timing: LeaseTiming = { ttlMs: 3, renewDeadlineMs: 2, retryMs: 1 };
export const protocol: Protocol = {
	timing,
	deadline: (asked) => deadlineOf(asked, timing),
	mayHandle: (grant) => standingOf({ leaseUntilMs: grant }, 0, 0) === 'stands',
	intent: { servingSlot: 'blue', promotion: null, paused: null },
};
/** A moment that never comes. */
export const NEVER = 99;

/** Was killed, or is not one of those that are explored. */
const GONE = -1;
const booting: Contender = { runner: 'up', lease: null, asks: null, nodeRed: 'booting', isStuck: false, grant: null };

export function begin(contenders: number): Situation {
	return {
		contenders: Array.from({ length: contenders }, () => ({ ...booting, nodeRed: 'standby' })),
		seat: { holder: null, token: 0, remaining: 0 },
	};
}

/** Whether a message that comes now is handled. */
export function handles({ nodeRed, isStuck, grant }: Contender, { mayHandle }: Protocol): boolean {
	return (nodeRed === 'running' || nodeRed === 'stopping') && !isStuck && mayHandle(grant);
}

function change(situation: Situation, who: number, by: Partial<Contender>): Situation {
	return { ...situation, contenders: situation.contenders.map((each, index) => (index === who ? { ...each, ...by } : each)) };
}

function ask(kind: Request['kind'], token: number, to = GONE): Request {
	return { kind, token, to, age: 0, answer: null };
}

/** What the parts do of their own accord. */
export function works(situation: Situation, protocol: Protocol): Move[] {
	return situation.contenders.flatMap((_, who) => worksOf(situation, who, protocol));
}

export function worksOf(situation: Situation, who: number, protocol: Protocol): Move[] {
	const it = situation.contenders[who] as Contender;
	return [
		...(it.runner === 'up' ? runnerWorks(situation, who, it, protocol) : []),
		...agentWorks(situation, who, it),
		...(it.asks && !it.asks.answer ? [storeWorks(situation, who, it.asks, protocol)] : []),
	];
}

function runnerWorks(situation: Situation, who: number, it: Contender, protocol: Protocol): Move[] {
	const { lease, asks, nodeRed, isStuck } = it;
	const moves: Move[] = [];
	const add = (name: string, by: Partial<Contender>) => moves.push([`${who} ${name}`, change(situation, who, by)]);
	// A timer may be late, and other things come first; but time does not go on before a process that runs gets to it.
	if (lease && lease.until <= 0) add('loses its lease and kills its Node-RED', lost(it));
	if (asks?.answer) moves.push(...takeAnswer(situation, who, it, asks.answer, protocol));
	if (lease && !asks) add('asks to renew', { asks: ask('renew', lease.token) });
	if (nodeRed === 'standby' && !lease && !asks && seeksSeat(situation, who, protocol))
		add('asks for the seat', { asks: ask('acquire', 0) });
	if (nodeRed === 'booting') add('has its Node-RED stand by', { nodeRed: 'standby' });
	if (nodeRed === 'standby' && lease) add('goes on under its lease', { nodeRed: 'running', grant: lease.until });
	if (nodeRed === 'ended') {
		const letsGo = lease && decideAfterEnd('blue', protocol.intent).do === 'let go';
		add('notices the end', { nodeRed: 'booting', ...(letsGo ? { lease: null, asks: ask('release', lease.token) } : {}) });
	}
	if (isStuck && nodeRed !== 'ended') add('kills its hung Node-RED', { nodeRed: 'ended', isStuck: false, grant: null });
	return moves;
}

const lost = ({ nodeRed }: Contender): Partial<Contender> => ({
	lease: null,
	asks: null,
	...(nodeRed === 'booting' ? {} : { nodeRed: 'ended', isStuck: false, grant: null }),
});

function seeksSeat({ seat }: Situation, who: number, { intent }: Protocol): boolean {
	// What was handed over, or what it held itself before it lost sight of it, is its own.
	if (seat.holder === who && seat.remaining > 0) return true;
	const record =
		seat.remaining > 0 ? { seat: 'active', holder: String(seat.holder), token: seat.token, remainingMs: seat.remaining } : null;
	return decideAsSpare('blue', record, intent).do === 'take over';
}

function takeAnswer(situation: Situation, who: number, it: Contender, answer: Decision, protocol: Protocol): Move[] {
	const { kind, age } = it.asks as Request;
	if (!answer.granted) return [[`${who} is refused`, change(situation, who, kind === 'renew' ? lost(it) : { asks: null })]];
	if (kind === 'acquire' && it.nodeRed !== 'standby') {
		// It ended meanwhile: the lease goes at once.
		return [[`${who} gives the seat up`, change(situation, who, { asks: ask('release', answer.token) })]];
	}
	const until = Math.max(0, protocol.deadline(-age, 0));
	const isToRun = kind === 'acquire' || it.nodeRed === 'running' || it.nodeRed === 'stopping';
	const nodeRed = kind === 'acquire' ? 'running' : it.nodeRed;
	const next = change(situation, who, {
		lease: { token: answer.token, until },
		asks: null,
		nodeRed,
		...(isToRun ? { grant: until } : {}),
	});
	return [[`${who} ${kind === 'acquire' ? 'starts its flows' : 'extends its lease'}`, next]];
}

function agentWorks(situation: Situation, who: number, { runner, nodeRed, isStuck, grant, lease }: Contender): Move[] {
	if (isStuck || nodeRed === 'ended' || nodeRed === 'booting') return [];
	const moves: Move[] = [];
	const ended: Partial<Contender> = { nodeRed: 'ended', grant: null };
	if (grant !== null && grant <= 0) moves.push([`${who}'s agent ends its process`, change(situation, who, ended)]);
	if (runner === 'dead') moves.push([`${who}'s agent follows its runner`, change(situation, who, ended)]);
	// The flows have stopped; then, and not before, the lease goes.
	if (nodeRed === 'stopping' && runner === 'up') {
		const stopped = { nodeRed: 'standby', grant: null, lease: null } as const;
		if (!lease) return moves;
		moves.push([`${who} stops and releases`, change(situation, who, { ...stopped, asks: ask('release', lease.token) })]);
		situation.contenders.forEach((_, to) => {
			if (to !== who)
				moves.push([
					`${who} stops and hands over to ${to}`,
					change(situation, who, { ...stopped, asks: ask('hand over', lease.token, to) }),
				]);
		});
	}
	return moves;
}

function storeWorks(situation: Situation, who: number, asks: Request, { timing }: Protocol): Move {
	const { seat } = situation;
	const name = `the store gets ${who}'s ${asks.kind}`;
	if (asks.kind === 'release') {
		const isCurrent = seat.holder === who && seat.token === asks.token;
		return [name, { ...change(situation, who, { asks: null }), seat: isCurrent ? { ...seat, holder: null, remaining: 0 } : seat }];
	}
	const known = { holder: seat.holder === null ? null : String(seat.holder), token: seat.token, remainingMs: seat.remaining };
	const grant = { holder: String(who), token: asks.token };
	const decision =
		asks.kind === 'acquire'
			? decideAcquire(known, String(who))
			: asks.kind === 'renew'
				? decideRenew(known, grant)
				: decideHandOver(known, grant, String(asks.to));
	if (decision.granted && (decision.token < seat.token || (decision.token === seat.token && decision.holder !== known.holder)))
		throw new Error('a fencing token came twice');
	const next = change(situation, who, { asks: asks.kind === 'hand over' ? null : { ...asks, answer: decision } });
	if (!decision.granted) return [name, next];
	return [name, { ...next, seat: { holder: Number(decision.holder), token: decision.token, remaining: timing.ttlMs } }];
}

/** What may come between at any moment, and orders from outside. */
export function faults(situation: Situation): Move[] {
	return situation.contenders.flatMap((it, who) => {
		const { runner, nodeRed, isStuck, asks, lease } = it;
		const moves: Move[] = [];
		const add = (name: string, by: Partial<Contender>) => moves.push([`${who} ${name}`, change(situation, who, by)]);
		if (runner === 'up') add('runner freezes', { runner: 'frozen' });
		if (runner === 'frozen') add('runner wakes', { runner: 'up' });
		// Its Node-RED is taken to outlive it until the agent notices: what the kernel does on Linux is not relied upon.
		if (runner !== 'dead') add('runner is killed', { runner: 'dead', lease: null, asks: asks?.answer ? null : asks });
		if (runner === 'dead' && nodeRed === 'ended' && !asks) moves.push([`${who} is started anew`, startAnew(situation, who)]);
		if (nodeRed === 'standby' || nodeRed === 'running' || nodeRed === 'stopping') {
			add(isStuck ? 'Node-RED wakes' : 'Node-RED freezes', { isStuck: !isStuck });
			add('Node-RED crashes', { nodeRed: 'ended', isStuck: false, grant: null });
		}
		if (runner === 'up' && nodeRed === 'running' && lease) add('is told to stop', { nodeRed: 'stopping', asks: null });
		if (asks) add(asks.answer ? 'answer is lost' : 'request is lost', { asks: null });
		return moves;
	});
}

/** Under another name: to the store it is somebody else. */
function startAnew(situation: Situation, who: number): Situation {
	const { seat } = situation;
	const contenders = situation.contenders.map((each) => (each.asks?.to === who ? { ...each, asks: { ...each.asks, to: GONE } } : each));
	return change({ contenders, seat: seat.holder === who ? { ...seat, holder: GONE } : seat }, who, booting);
}

/** Time goes on, once every process that runs has got to its timers. */
export function tick({ contenders, seat }: Situation, { timing }: Protocol): Situation | null {
	const isDue = ({ runner, lease, nodeRed, isStuck, grant }: Contender) =>
		(runner === 'up' && lease && lease.until <= 0) ||
		((nodeRed === 'running' || nodeRed === 'stopping') && !isStuck && grant !== null && grant <= 0);
	if (contenders.some(isDue)) return null;
	const later = (moment: number) => (moment === NEVER ? NEVER : Math.max(0, moment - 1));
	return {
		contenders: contenders.map((it) => ({
			...it,
			lease: it.lease && { ...it.lease, until: later(it.lease.until) },
			grant: it.grant === null ? null : later(it.grant),
			asks: it.asks && { ...it.asks, age: Math.min(it.asks.age + 1, timing.renewDeadlineMs) },
		})),
		seat: { ...seat, remaining: later(seat.remaining) },
	};
}
