import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlowferryError } from '../../../src/lib/errors/flowferry-error.ts';
import type { KeeperApi } from '../../../src/lib/keeper/api.ts';
import { serveSession } from '../../../src/lib/keeper/serve.ts';
import { openSession, SessionLost } from '../../../src/lib/keeper/session.ts';

/** Both ends of a session, and what goes over it. */
function pipes() {
	const [calls, answers] = [new PassThrough(), new PassThrough()];
	let closed = 0;
	const session = openSession(calls, answers, () => {
		closed++;
		calls.end();
	});
	return { calls, answers, session, closed: () => closed };
}

const opened = (api: object) => Promise.resolve(api as KeeperApi);

describe("a keeper's session", () => {
	it('gives each call its own answer, in whatever order they come', async () => {
		const { session, answers } = pipes();
		const asked = [session.call('journal', 'slots', []), session.call('leases', 'list', [])];
		answers.write('{"id":2,"ok":true,"result":"second"}\n{"id":1,"ok":true,"result":"first"}\n');
		expect(await Promise.all(asked)).toEqual(['first', 'second']);
	});

	it('takes no notice of an answer that nobody waits for', async () => {
		const { session, answers } = pipes();
		answers.write('{"id":9,"ok":true}\n');
		const asked = session.call('leases', 'list', []);
		answers.write('{"id":1,"ok":true,"result":[]}\n');
		expect(await asked).toEqual([]);
	});

	it.each(['end', 'destroy'] as const)(
		'is lost to all who wait, and to all who ask later, where the stream comes to its %s',
		async (how) => {
			const { session, answers } = pipes();
			const asked = Promise.allSettled([session.call('journal', 'slots', []), session.call('leases', 'list', [])]);
			answers[how]();
			answers.resume();
			for (const { reason } of (await asked) as PromiseRejectedResult[]) expect(reason).toBeInstanceOf(SessionLost);
			await session.ended;
			await expect(session.call('leases', 'list', [])).rejects.toThrow(SessionLost);
		},
	);

	it('says what broke it', async () => {
		const { session, answers } = pipes();
		const asked = session.call('leases', 'list', []);
		answers.destroy(new Error('read ECONNRESET'));
		await expect(asked).rejects.toMatchObject({ cause: { message: 'read ECONNRESET' } });
	});

	it.each(['OCI runtime exec failed: no such file', '\0\0', 'null'])(
		'is lost, and closed, where no answer comes but %p',
		async (garbage) => {
			const { session, answers, closed } = pipes();
			const asked = session.call('leases', 'list', []);
			answers.write(`${garbage}\n`);
			await expect(asked).rejects.toMatchObject({ cause: { message: `in place of an answer came: ${garbage}` } });
			expect(closed()).toBe(1);
		},
	);

	it('is lost to whoever waits when it is closed here', async () => {
		const { session } = pipes();
		const asked = session.call('leases', 'list', []);
		session.close();
		await expect(asked).rejects.toThrow(SessionLost);
	});
});

describe('who answers a session', () => {
	it('answers each call as soon as it can, whatever another takes', async () => {
		const { calls, answers, session } = pipes();
		let goOn = () => {};
		const long = new Promise<void>((resolve) => {
			goOn = resolve;
		});
		const served = serveSession(
			opened({ journal: { slots: () => long.then(() => 'late') }, leases: { list: async () => [] } }),
			calls,
			answers,
		);
		const slow = session.call('journal', 'slots', []);
		expect(await session.call('leases', 'list', [])).toEqual([]);
		goOn();
		expect(await slow).toBe('late');
		session.close();
		await served;
	});

	it('takes what is large, and of any text', async () => {
		const { calls, answers, session } = pipes();
		void serveSession(opened({ slots: { write: async (_: string, content: object) => content } }), calls, answers);
		const content = { slot: 'a\u2028b\u2029', flows: 'ü€😀'.repeat(500_000), instances: 2 };
		expect(await session.call('slots', 'write', ['blue', content])).toEqual(content);
		session.close();
	});

	it.each([
		['journal', 'drop'],
		['journal', 'constructor'],
		['journal', '__proto__'],
		['journal', 'toString'],
		['__proto__', 'toString'],
		['constructor', 'name'],
		['close', 'call'],
		['', ''],
	])('refuses %s.%s, which is no call of its', async (part, call) => {
		const { calls, answers, session } = pipes();
		void serveSession(opened({ journal: {}, close: () => {} }), calls, answers);
		await expect(session.call(part, call, [])).rejects.toThrow(`the keeper has no call ${part}.${call}`);
		session.close();
	});

	it('says what a call failed with, and why it could not be opened at all', async () => {
		const fault = new FlowferryError({ code: 'STATE_UNUSABLE', message: 'state.db is no database', hint: 'restore it' });
		for (const api of [opened({ journal: { slots: () => Promise.reject(fault) } }), Promise.reject(fault)]) {
			const { calls, answers, session } = pipes();
			void serveSession(api, calls, answers);
			await expect(session.call('journal', 'slots', [])).rejects.toMatchObject({ code: 'STATE_UNUSABLE', hint: 'restore it' });
			session.close();
		}
	});

	it('ends, and leaves nobody waiting, where no call comes but garbage', async () => {
		const { calls, answers, session } = pipes();
		const served = serveSession(opened({}), calls, answers);
		calls.write('GET / HTTP/1.1\n');
		await expect(served).rejects.toThrow(SyntaxError);
		await sleep(0);
		await expect(session.call('leases', 'list', [])).rejects.toThrow(SessionLost);
	});
});
