import { fromStore, onceStoreAnswers, StoreSilent } from '../../../src/runner/store-silent.ts';

/** An attempt that fails by these, one after the other, and then succeeds; and what was logged. */
function attemptOf(...failures: Error[]) {
	const seen = { attempts: 0, logged: [] as object[] };
	const attempt = async () => {
		const failure = failures[seen.attempts++];
		if (failure) throw failure;
	};
	const log = { write: (_event: string, facts: object = {}) => void seen.logged.push(facts) };
	return { seen, attempt, log };
}

const never = new Promise(() => {});

describe('what needs the store', () => {
	it('is done once, where that answers', async () => {
		const { seen, attempt, log } = attemptOf();
		await onceStoreAnswers(attempt, never, log);
		expect(seen).toEqual({ attempts: 1, logged: [] });
	});

	it('is tried until that answers, and the log tells once by what it fails', async () => {
		const { seen, attempt, log } = attemptOf(new StoreSilent('locked'), new StoreSilent('locked'), new StoreSilent('disk full'));
		await onceStoreAnswers(attempt, never, log);
		expect(seen).toEqual({ attempts: 4, logged: [{ error: 'locked' }, { error: 'disk full' }] });
	});

	it('is left alone when nobody waits for it any more', async () => {
		const { seen, attempt, log } = attemptOf(new StoreSilent('locked'), new StoreSilent('locked'));
		await onceStoreAnswers(attempt, Promise.resolve(), log);
		expect(seen.attempts).toBe(1);
	});

	it('fails by any other failure', async () => {
		const { seen, attempt, log } = attemptOf(new StoreSilent('locked'), new Error('its flows do not start'));
		await expect(onceStoreAnswers(attempt, never, log)).rejects.toThrow('its flows do not start');
		expect(seen.attempts).toBe(2);
	});

	it('fails as one that is silent by whatever is told of the store', async () => {
		const failed = fromStore(() => Promise.reject(new Error('database is locked')));
		await expect(failed).rejects.toThrow(StoreSilent);
		await expect(failed).rejects.toThrow('the lease store does not answer: Error: database is locked');
		expect(await fromStore(async () => 'blue/1')).toBe('blue/1');
	});
});
