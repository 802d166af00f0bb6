/** A message that a flow has handled. */
export interface Handled {
	/** `blue/0`, as Node-RED's environment says. */
	instance: string;
	/** Node-RED's process and its runner's. */
	pid: number;
	runnerPid: number;
	/** The host's monotonic clock, in milliseconds. */
	atMs: number;
}

/** A lease as the store showed it. */
export interface Grant {
	/** `blue/0@<pid of the runner>` */
	holder: string;
	token: number;
}

/** The time in which one Node-RED handled messages. None gets a second one: whoever loses the lease ends. */
export interface Tenure {
	holder: string;
	pid: number;
	fromMs: number;
	untilMs: number;
	messages: number;
}

export interface Verdict {
	tenures: number;
	/** In sum, over all pairs. */
	doubleActiveMs: number;
	faults: string[];
}

/** From what the flows wrote down, one after the other or not, and the grants in the order in which the store showed them. */
export function judge(handled: readonly Handled[], grants: readonly Grant[]): Verdict {
	const tenures = tenuresOf(handled);
	const overlaps = overlapsOf(tenures);
	const faults = overlaps.map(({ one, other, ms }) => `${nameOf(one)} and ${nameOf(other)} handled messages at once, for ${ms} ms`);
	let token = 0;
	for (const grant of grants) {
		if (grant.token < token) faults.push(`token ${grant.token} of ${grant.holder} came after ${token}`);
		token = Math.max(token, grant.token);
	}
	// Who handles messages goes by the order of the tokens, each of which is one holder's.
	let turn = 0;
	for (const tenure of tenures) {
		const found = grants.findIndex(({ holder }, index) => index >= turn && holder === tenure.holder);
		if (found < 0) faults.push(`${nameOf(tenure)} handled ${tenure.messages} messages out of turn: no such lease was granted then`);
		else turn = found;
	}
	return { tenures: tenures.length, doubleActiveMs: overlaps.reduce((sum, { ms }) => sum + ms, 0), faults };
}

function tenuresOf(handled: readonly Handled[]): Tenure[] {
	const byPid = new Map<number, Tenure>();
	for (const { instance, pid, runnerPid, atMs } of handled) {
		const tenure = byPid.get(pid) ?? { holder: `${instance}@${runnerPid}`, pid, fromMs: atMs, untilMs: atMs, messages: 0 };
		tenure.fromMs = Math.min(tenure.fromMs, atMs);
		tenure.untilMs = Math.max(tenure.untilMs, atMs);
		tenure.messages++;
		byPid.set(pid, tenure);
	}
	return [...byPid.values()].sort((a, b) => a.fromMs - b.fromMs);
}

function overlapsOf(tenures: readonly Tenure[]): { one: Tenure; other: Tenure; ms: number }[] {
	return tenures.flatMap((one, index) =>
		tenures
			.slice(index + 1)
			.filter((other) => other.fromMs <= one.untilMs)
			.map((other) => ({ one, other, ms: Math.round((Math.min(one.untilMs, other.untilMs) - other.fromMs) * 1000) / 1000 })),
	);
}

const nameOf = ({ holder, pid }: Tenure) => `${holder} (Node-RED ${pid})`;
