import { jest } from '@jest/globals';
import { createLog, FailureLog } from '../../../src/gateway/log.ts';

describe('the failure log', () => {
	afterEach(() => {
		jest.useRealTimers();
	});

	it('says the first failure at once, and the others of the same kind together', () => {
		jest.useFakeTimers();
		const lines: Record<string, unknown>[] = [];
		const failures = new FailureLog(createLog((line) => lines.push(JSON.parse(line))));
		const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
		for (let count = 0; count < 100; count++) failures.report('connect-failed', 'blue/0', refused);
		failures.report('connect-failed', 'blue/1', refused);
		expect(lines).toMatchObject([
			{ event: 'connect-failed', instance: 'blue/0', code: 'ECONNREFUSED', times: 1 },
			{ event: 'connect-failed', instance: 'blue/1', code: 'ECONNREFUSED', times: 1 },
		]);
		jest.advanceTimersByTime(1_000);
		expect(lines.slice(2)).toMatchObject([{ instance: 'blue/0', times: 99 }]);
	});
});
