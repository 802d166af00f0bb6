import type { Status } from '../../../demo/contract.ts';
import { renderCosts } from '../../../demo/cost-table.ts';
import { findProblems, selectMeasured } from '../../../demo/judge.ts';

const mqtt = { published: 1234, received: 1234, lost: 0, duplicated: 0, longestSilenceMs: 87 };
const http = { requests: 617, failed: 0, slowestMs: 203, underWay: 0, failures: [] };

function statusWith(states: string[], health: Status['health'] = { state: 'serving' }): Status {
	const instances = states.map((state, index) => ({ name: `blue/${index}`, status: { state, pid: 1, childPid: 2, nodeRed: '5.0.7' } }));
	return { active: { slot: 'blue', release: 1, snapshot: 'abc' }, health, slots: [{ slot: 'blue', instances }] };
}

describe('findProblems', () => {
	const well = { mqtt, http, status: statusWith(['active', 'standby']) };

	it('finds none where nothing was lost, nothing failed and one release is active', () => {
		expect(findProblems(well)).toEqual([]);
	});

	it('does not count a doubled message as a problem: that is what at-least-once allows', () => {
		expect(findProblems({ ...well, mqtt: { ...mqtt, duplicated: 1 } })).toEqual([]);
	});

	it.each<[string, Partial<typeof well>, RegExp]>([
		['a lost message', { mqtt: { ...mqtt, lost: 1 } }, /1 messages were lost/],
		[
			'a failed request',
			{ http: { ...http, failed: 1, failures: ['request 7: status 503'] as never[] } },
			/1 requests failed: request 7: status 503/,
		],
		['an unanswered request', { http: { ...http, underWay: 2 } }, /2 requests were not answered/],
		['no traffic', { mqtt: { ...mqtt, published: 0 } }, /no message/],
		['no requests', { http: { ...http, requests: 0 } }, /no request/],
		['no active instance', { status: statusWith(['standby']) }, /0 instances are active/],
		['two active instances', { status: statusWith(['active', 'active']) }, /2 instances are active/],
		[
			'a production that is not well',
			{ status: statusWith(['active'], { state: 'degraded', reasons: ['the gateway does not run'] }) },
			/degraded.*gateway/,
		],
	])('finds %s', (_name, change, problem) => {
		expect(findProblems({ ...well, ...change })).toEqual([expect.stringMatching(problem)]);
	});
});

describe('selectMeasured', () => {
	it('shows what the contract has, and nothing else', () => {
		const promotion = { outcome: 'promoted', release: 1, snapshot: 'abc', strategy: 'exclusive', gapMs: 12, steps: [] };
		expect(
			selectMeasured({ mqtt, http, promotions: [promotion], rollback: promotion, nodeRed: '5.0.7', status: statusWith(['active']) }),
		).toEqual({
			mqtt,
			http: { requests: 617, failed: 0, slowestMs: 203 },
			promotions: [{ snapshot: 'abc', strategy: 'exclusive', gapMs: 12 }],
			rollback: { snapshot: 'abc', strategy: 'exclusive', gapMs: 12 },
			nodeRed: '5.0.7',
		});
	});
});

describe('renderCosts', () => {
	it('lines the columns up', () => {
		expect(renderCosts({ mqtt, http })).toEqual([
			'                 sent   arrived   lost   doubled   longest wait',
			'MQTT messages   1,234     1,234      0         0   87 ms of silence',
			'HTTP requests     617       617      0             203 ms for an answer',
		]);
	});
});
