import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Router, RouterKind } from '../../src/lib/routers/router.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { freePort, startTestGateway, until } from '../support/gateway.ts';
import { describeWithHaproxy, startTestHaproxy } from '../support/haproxy.ts';

/** A router under test, already running. */
interface RouterFixture {
	router: Router;
	/** Its public address. */
	url: string;
	remove(): Promise<void>;
}

/** How long a request waits for an instance that accepts it. */
const takeoverMs = 4_000;

const ample = { maxMs: 10_000, maxRequests: 1_000 };

/** What every router must do, whatever it is made of. */
function describeRouter(
	name: RouterKind,
	describe: (name: string, tests: () => void) => void,
	start: (takeoverMs: number) => Promise<RouterFixture>,
): void {
	describe(`router contract: ${name}`, () => {
		let fixture: RouterFixture;
		let router: Router;
		let blue: Backend;
		let green: Backend;

		beforeAll(async () => {
			[fixture, blue, green] = await Promise.all([start(takeoverMs), startBackend('blue/0'), startBackend('green/0')]);
			router = fixture.router;
		});
		afterAll(async () => {
			await fixture.remove();
			await Promise.all([blue.kill(), green.kill()]);
		});
		beforeEach(() => router.route([blue.upstream]));

		const get = (path: string) => fetch(`${fixture.url}${path}`);
		const waiting = async () => {
			const traffic = (await router.status())?.traffic;
			return traffic?.state === 'held' ? traffic.waiting : -1;
		};

		it('says where it serves and what it does with the traffic', async () => {
			const status = await router.status();
			expect(status).toMatchObject({
				kind: name,
				url: fixture.url,
				traffic: { state: 'flowing', upstreams: [blue.upstream] },
				inFlight: { 'blue/0': 0 },
			});
		});

		it('sends to the new upstream from the moment that a route returns', async () => {
			expect(await (await get('/')).text()).toBe('blue/0');
			await router.route([green.upstream]);
			expect(await (await get('/')).text()).toBe('green/0');
		});

		it('takes upstreams in turn', async () => {
			await router.route([blue.upstream, green.upstream]);
			const names = [];
			for (let count = 0; count < 4; count++) names.push(await (await get('/')).text());
			expect(names.toSorted()).toEqual(['blue/0', 'blue/0', 'green/0', 'green/0']);
			expect(names[0]).not.toBe(names[1]);
		});

		it('holds, and releases in the order of arrival to where the route then leads', async () => {
			await router.hold(ample);
			const seenByBlue = blue.seen.length;
			const answers = [];
			for (let count = 0; count < 20; count++) {
				answers.push(get(`/ordered/${count}`));
				await until(async () => (await waiting()) === count + 1);
			}
			expect(blue.seen).toHaveLength(seenByBlue);
			green.seen.length = 0;
			await router.route([green.upstream]);
			for (const answer of await Promise.all(answers)) expect(await answer.text()).toBe('green/0');
			expect(green.seen).toEqual(Array.from({ length: 20 }, (_, count) => `GET /ordered/${count}`));
		});

		it('keeps the first hold when asked to hold again', async () => {
			await router.hold(ample);
			const first = await router.status();
			await sleep(5);
			await router.hold(ample);
			expect((await router.status())?.traffic).toEqual(first?.traffic);
			expect(first?.traffic).toMatchObject({ state: 'held', waiting: 0, upstreams: [blue.upstream] });
		});

		it('fails nothing while load meets five flips with holds', async () => {
			const before = await router.status();
			const answers: Promise<string>[] = [];
			const load = (async () => {
				for (let count = 0; count < 200; count++) {
					answers.push(get(`/slow?ms=${count % 20}`).then(async (answer) => `${answer.status} ${await answer.text()}`));
					await sleep(4);
				}
			})();
			for (let flip = 0; flip < 5; flip++) {
				await sleep(60);
				await router.hold(ample);
				await until(async () => Object.values((await router.status())?.inFlight ?? {}).every((count) => count === 0));
				await sleep(30);
				await router.route([flip % 2 === 0 ? green.upstream : blue.upstream]);
			}
			await load;
			const results = await Promise.all(answers);
			expect(results.filter((result) => !/^200 (blue|green)\/0$/.test(result))).toEqual([]);
			expect(new Set(results).size).toBe(2);
			const after = await router.status();
			expect(after!.totals.failed).toBe(before!.totals.failed);
			expect(after!.totals.requests - before!.totals.requests).toBe(200);
			expect(after!.totals.held).toBeGreaterThan(before!.totals.held);
		});

		it('counts what is in flight, by instance', async () => {
			const answer = get('/slow?ms=2000');
			await until(async () => (await router.status())?.inFlight['blue/0'] === 1);
			await router.route([green.upstream]);
			expect((await router.status())?.inFlight).toEqual({ 'blue/0': 1, 'green/0': 0 });
			expect(await (await answer).text()).toBe('blue/0');
			await until(async () => Object.values((await router.status())?.inFlight ?? {}).every((count) => count === 0));
		});

		it('refuses with 503 and Retry-After whom it cannot keep waiting', async () => {
			await router.hold({ maxMs: 2_000, maxRequests: 2 });
			const first = get('/first');
			await until(async () => (await waiting()) === 1);
			const second = get('/second');
			await until(async () => (await waiting()) === 2);
			const third = await get('/third');
			expect([third.status, third.headers.get('retry-after')]).toEqual([503, '1']);
			expect(await waiting()).toBe(2);
			for (const answer of await Promise.all([first, second]))
				expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
			expect(await waiting()).toBe(0);
		});

		it('answers 503 with Retry-After where there is nothing to serve', async () => {
			await router.hold(ample);
			const held = get('/');
			await until(async () => (await waiting()) === 1);
			await router.route([]);
			for (const answer of [await held, await get('/')]) expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
			expect((await router.status())?.traffic).toEqual({ state: 'closed' });
		});

		it('forgets held clients that left', async () => {
			await router.hold(ample);
			const leaving = new AbortController();
			const request = fetch(`${fixture.url}/left`, { signal: leaving.signal }).catch(() => 'left');
			const socket = openWebSocket(fixture.url);
			await until(async () => (await waiting()) === 2);
			leaving.abort();
			socket.terminate();
			expect(await request).toBe('left');
			await until(async () => (await waiting()) === 0);
			await router.route([blue.upstream]);
			expect(blue.seen).not.toContain('GET /left');
		});

		it('streams large bodies through a hold, whole', async () => {
			const body = randomBytes(5 * 1024 * 1024);
			await router.hold(ample);
			const answers = [1, 2, 3].map(() => fetch(`${fixture.url}/echo`, { method: 'POST', body }));
			await until(async () => (await waiting()) === 3);
			await router.route([green.upstream]);
			const sha256 = createHash('sha256').update(body).digest('hex');
			for (const answer of await Promise.all(answers)) expect(await answer.json()).toMatchObject({ length: body.length, sha256 });
		});

		it('keeps WebSockets that are open, and holds new ones', async () => {
			const old = openWebSocket(fixture.url);
			expect(await exchange(old, 'one')).toBe('blue/0: one');
			await router.hold(ample);
			const fresh = openWebSocket(fixture.url);
			await until(async () => (await waiting()) === 1);
			expect(await exchange(old, 'two')).toBe('blue/0: two');
			await router.route([green.upstream]);
			expect(await exchange(fresh, 'three')).toBe('green/0: three');
			expect(await exchange(old, 'four')).toBe('blue/0: four');
			fresh.close();
			old.close();
		});

		describe('while its instance is dead', () => {
			const dead = async () => ({ instance: 'blue/1', url: `http://127.0.0.1:${await freePort()}` });
			const untilWaiting = (count: number) => until(async () => (await router.status())?.waiting === count);
			const failed = async () => (await router.status())?.totals.failed;

			it('what comes waits, and goes to the instance that the traffic is ordered to', async () => {
				await router.route([await dead()]);
				const before = await failed();
				const body = randomBytes(1024 * 1024);
				const upload = fetch(`${fixture.url}/echo`, { method: 'POST', body });
				const socket = openWebSocket(fixture.url);
				const answers = Array.from({ length: 20 }, (_, count) => get(`/${count}`));
				await untilWaiting(22);
				expect((await router.status())?.traffic.state).toBe('flowing');
				await sleep(300);
				await router.route([green.upstream]);
				for (const answer of await Promise.all(answers)) expect(await answer.text()).toBe('green/0');
				expect(await (await upload).json()).toMatchObject({ sha256: createHash('sha256').update(body).digest('hex') });
				expect(await exchange(socket, 'one')).toBe('green/0: one');
				socket.close();
				expect(await failed()).toBe(before);
				await untilWaiting(0);
			});

			it('what comes waits for the same instance to come back', async () => {
				const upstream = await dead();
				await router.route([upstream]);
				const answers = Array.from({ length: 5 }, (_, count) => get(`/${count}`));
				await untilWaiting(5);
				const back = await startBackend('blue/1', Number(new URL(upstream.url).port));
				for (const answer of await Promise.all(answers)) expect(await answer.text()).toBe('blue/1');
				await router.route([blue.upstream]);
				await back.kill();
			});

			it('it gives up after the time that is set for it', async () => {
				await router.route([await dead()]);
				const before = (await failed())!;
				const began = performance.now();
				const answer = await get('/');
				const took = performance.now() - began;
				expect([502, 503]).toContain(answer.status);
				expect(took).toBeGreaterThan(takeoverMs * 0.9);
				expect(took).toBeLessThan(takeoverMs * 1.8);
				expect(await failed()).toBe(before + 1);
			});

			it('clients that leave are forgotten', async () => {
				await router.route([await dead()]);
				const leaving = new AbortController();
				const request = fetch(`${fixture.url}/gone`, { signal: leaving.signal }).catch(() => 'left');
				const socket = openWebSocket(fixture.url);
				await untilWaiting(2);
				leaving.abort();
				socket.terminate();
				expect(await request).toBe('left');
				await untilWaiting(0);
				await router.route([blue.upstream]);
				expect(blue.seen).not.toContain('GET /gone');
			});

			// HAProxy tries each request again by itself: docs/guides/routers.md says so.
			if (name === 'haproxy') return;
			it('they go in the order of arrival', async () => {
				const upstream = await dead();
				await router.route([upstream]);
				const answers = [];
				for (let count = 0; count < 20; count++) {
					answers.push(get(`/ordered/${count}`));
					await untilWaiting(count + 1);
				}
				green.seen.length = 0;
				await router.route([green.upstream]);
				await Promise.all(answers);
				expect(green.seen).toEqual(Array.from({ length: 20 }, (_, count) => `GET /ordered/${count}`));
			});
		});
	});
}

function openWebSocket(url: string): WebSocket {
	return new WebSocket(url.replace('http', 'ws')).on('error', () => {});
}

async function exchange(socket: WebSocket, text: string): Promise<string> {
	if (socket.readyState === WebSocket.CONNECTING) await new Promise((resolve) => socket.once('open', resolve));
	const answer = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
	socket.send(text);
	return answer;
}

describeRouter('gateway', describe, (maxMs) => startTestGateway({ takeover: { maxMs, maxRequests: 1_000 } }));
describeRouter('haproxy', describeWithHaproxy, (maxMs) => startTestHaproxy({ takeoverMs: maxMs }));
