import type { Measured, Promotion, Story } from './contract.ts';

/** Why the run was no success: one sentence each, none where nothing was lost, nothing failed and one release is active. */
export function findProblems({ mqtt, http, status }: Pick<Story, 'mqtt' | 'http' | 'status'>): string[] {
	const active = status.slots.flatMap(({ instances }) => instances.filter((instance) => instance.status?.state === 'active'));
	const problems: string[] = [];
	if (mqtt.published === 0) problems.push('no message was published');
	if (http.requests === 0) problems.push('no request was made');
	if (mqtt.lost > 0) problems.push(`${mqtt.lost} messages were lost`);
	if (http.failed > 0) problems.push(`${http.failed} requests failed: ${http.failures.join('; ')}`);
	if (http.underWay > 0) problems.push(`${http.underWay} requests were not answered`);
	if (status.active === null || active.length !== 1) problems.push(`${active.length} instances are active at the end, not one`);
	if (status.health.state !== 'serving') {
		problems.push(`production is ${status.health.state} at the end: ${status.health.reasons?.join('; ') ?? 'no reason is given'}`);
	}
	return problems;
}

/** What the contract of `--json` shows of a story. */
export function selectMeasured({ mqtt, http, promotions, rollback, nodeRed }: Story): Measured {
	const { requests, failed, slowestMs } = http;
	return {
		mqtt,
		http: { requests, failed, slowestMs },
		promotions: promotions.map(select),
		rollback: rollback && select(rollback),
		nodeRed,
	};
}

function select({ snapshot, strategy, gapMs }: Promotion): Promotion {
	return { snapshot, strategy, gapMs };
}
