import type { Contender, Protocol, Request, Situation } from './model-world.ts';
import { begin, faults, handles, tick, works, worksOf } from './model-world.ts';

export interface Found {
	situations: number;
	/** The shortest way to two that handle messages at one moment; null: there is none. */
	twoActive: string[] | null;
	/** A situation from which nobody becomes active, though somebody could. */
	noneActive: Situation | null;
}

/** Every situation that can come about, breadth first. */
export function explore(contenders: number, protocol: Protocol, isAllowed: (situation: Situation) => boolean = () => true): Found {
	const seen = new Set<string>();
	const queue: (Situation | undefined)[] = [];
	const came: { from: number; by: string }[] = [];
	const reach = (situation: Situation, from: number, by: string) => {
		if (!isAllowed(situation)) return;
		const plain = simplify(situation);
		const key = keyOf(plain);
		if (seen.has(key)) return;
		seen.add(key);
		queue.push(plain);
		came.push({ from, by });
	};
	reach(begin(contenders), -1, '');
	const known = new Map<string, number>();
	let noneActive: Situation | null = null;
	for (let index = 0; index < queue.length; index++) {
		const situation = queue[index] as Situation;
		queue[index] = undefined;
		if (situation.contenders.filter((each) => handles(each, protocol)).length > 1)
			return { situations: seen.size, twoActive: wayTo(index, came), noneActive };
		noneActive ??= settles(situation, protocol, known) ? null : situation;
		for (const [by, next] of [...works(situation, protocol), ...faults(situation)]) reach(next, index, by);
		const later = tick(situation, protocol);
		if (later) reach(later, index, 'time goes on');
	}
	return { situations: seen.size, twoActive: null, noneActive };
}

function wayTo(index: number, came: { from: number; by: string }[]): string[] {
	const way: string[] = [];
	for (let at = index; at > 0; at = (came[at] as { from: number }).from) way.unshift((came[at] as { by: string }).by);
	return way;
}

/** What makes no difference any more is made alike. Tokens count from the current one, of which all older ones differ alike. */
function simplify({ contenders, seat }: Situation): Situation {
	const relative = (token: number) => Math.max(token - seat.token, -1);
	return {
		contenders: contenders.map((it) => ({
			...it,
			nodeRed: it.runner === 'dead' && (it.nodeRed === 'booting' || it.nodeRed === 'standby') ? 'ended' : it.nodeRed,
			lease: it.lease && { ...it.lease, token: relative(it.lease.token) },
			asks: it.asks && simplifyRequest(it.asks, relative),
		})),
		seat: { ...seat, holder: seat.remaining === 0 ? null : seat.holder, token: 0 },
	};
}

function simplifyRequest(asks: Request, relative: (token: number) => number): Request {
	const { kind, token, age, answer } = asks;
	const countsAge = (kind === 'acquire' || kind === 'renew') && answer?.granted !== false;
	return {
		...asks,
		token: kind === 'acquire' || answer ? 0 : relative(token),
		age: countsAge ? age : 0,
		answer: answer?.granted ? { ...answer, token: relative(answer.token) } : answer,
	};
}

/** Contenders are alike: situations that differ by their order are one. */
function keyOf({ contenders, seat }: Situation): string {
	const codes = contenders.map((it, who) => codeOf(it) * 2 + (seat.holder === who ? 1 : 0));
	const order = codes.map((_, who) => who).sort((a, b) => (codes[a] as number) - (codes[b] as number));
	let key = `${seat.holder === -1 ? 'G' : ''}${seat.remaining}`;
	for (const who of order) {
		const to = contenders[who]?.asks?.to ?? -1;
		key += `,${codes[who]}${to < 0 ? '' : `>${order.indexOf(to)}`}`;
	}
	return key;
}

const runners: Contender['runner'][] = ['up', 'frozen', 'dead'];
const nodeReds: Contender['nodeRed'][] = ['ended', 'booting', 'standby', 'running', 'stopping'];
const kinds: Request['kind'][] = ['acquire', 'renew', 'release', 'hand over'];

/** A number of its own for each; moments are 0, 1, 2, or never; tokens the current one or an older one. */
function codeOf({ runner, lease, asks, nodeRed, isStuck, grant }: Contender): number {
	const moment = (at: number) => Math.min(at, 3);
	let code = (runners.indexOf(runner) * 5 + nodeReds.indexOf(nodeRed)) * 2 + (isStuck ? 1 : 0);
	code = code * 5 + (grant === null ? 4 : moment(grant));
	code = code * 9 + (lease ? (lease.token + 1) * 4 + moment(lease.until) : 8);
	if (!asks) return code * 197;
	const answer = !asks.answer ? 0 : !asks.answer.granted ? 1 : asks.answer.token + 3;
	return code * 197 + 1 + ((kinds.indexOf(asks.kind) * 2 + asks.token + 1) * 6 + asks.age) * 4 + answer;
}

/**
 * Whether, if nothing more comes between, somebody handles messages within two leases' time: the one that was last renewed, and one
 * that a request which was still under way may take for somebody who cannot use it.
 * @param known in how many ticks situations settle that were looked at before
 */
function settles(start: Situation, protocol: Protocol, known: Map<string, number>): boolean {
	if (!start.contenders.some(({ runner }) => runner === 'up')) return true;
	const way: string[] = [];
	let ticks = Number.POSITIVE_INFINITY;
	for (let situation = start; way.length <= 2 * protocol.timing.ttlMs + 2; situation = nextTick(situation, protocol)) {
		const key = keyOf(simplify(situation));
		ticks = known.get(key) ?? (situation.contenders.some((each) => handles(each, protocol)) ? 0 : ticks);
		if (ticks < Number.POSITIVE_INFINITY) break;
		way.push(key);
	}
	for (const key of way.reverse()) known.set(key, ++ticks);
	return ticks <= 2 * protocol.timing.ttlMs + 2;
}

/** Everybody does what there is to do, in one order: a handful of things each, and then time goes on. */
function nextTick(start: Situation, protocol: Protocol): Situation {
	let situation = start;
	for (let turn = 0; turn < 12; turn++) {
		for (let who = 0; who < situation.contenders.length; who++) situation = worksOf(situation, who, protocol)[0]?.[1] ?? situation;
		if (situation.contenders.some((each) => handles(each, protocol))) return situation;
	}
	return tick(situation, protocol) ?? situation;
}
