import { readFile } from 'node:fs/promises';
import { renderHaproxyConfig } from '../../../src/lib/routers/haproxy/config-file.ts';
import { type HaproxyFacts, readFacts } from '../../../src/lib/routers/haproxy/facts.ts';
import { backendFor, holdBackends } from '../../../src/lib/routers/haproxy/hold-backends.ts';
import { routeOrders, serverOf, serverOrders } from '../../../src/lib/routers/haproxy/orders.ts';
import { inFlightOf, trafficOf } from '../../../src/lib/routers/haproxy/view.ts';

const names = holdBackends(30_000).map(({ name }) => name);

describe('the backends of a hold', () => {
	it('have one of exactly the length that the environment asks for', () => {
		expect(holdBackends(12_345)).toContainEqual({ name: 'hold-12345', maxMs: 12_345 });
		expect(new Set(names).size).toBe(names.length);
	});

	it('never keep a request for longer than allowed, and for six tenths of it at least', () => {
		for (let ms = 100; ms <= 600_000; ms = Math.ceil(ms * 1.13)) {
			const length = Number(backendFor(ms, names).split('-')[1]);
			expect(length).toBeLessThanOrEqual(ms);
			expect(length).toBeGreaterThanOrEqual(ms * 0.59);
		}
		expect(backendFor(5, names)).toBe('hold-100');
	});
});

describe('the configuration', () => {
	it('has every blank of its template filled in, also for IPv6', async () => {
		const template = await readFile(new URL('../../../templates/haproxy.cfg', import.meta.url), 'utf8');
		const text = renderHaproxyConfig(template, { host: '::1', port: 8080, metricsPort: 9464, takeoverMs: 10_000 }, holdBackends(30_000));
		expect(text).not.toContain('{{');
		expect(text).toContain('bind [::1]:8080');
		expect(text).toContain('x-forwarded-port 8080\n');
		for (const name of names) expect(text).toContain(`backend ${name}\n\ttimeout queue ${name.split('-')[1]}\n`);
	});
});

const quiet: HaproxyFacts = {
	pid: 7,
	map: { state: 'flowing', hold: '-', room: 0, since: '-' },
	servers: (['requests', 'websockets'] as const).flatMap((backend) =>
		['blue-0', 'blue-1', 'green-0'].map((name) => ({ backend, name, address: '127.0.0.1:1', ready: name === 'blue-0', inside: 0 })),
	),
	holds: names.map((name) => ({ name, waiting: 0, occupied: false })),
	between: 0,
	retried: 0,
	totals: { requests: 0, failed: 0, held: 0 },
};

describe('orders', () => {
	it('make new servers ready before old ones are taken away', () => {
		expect(serverOrders([{ instance: 'green/0', url: 'http://[::1]:40123' }], quiet)).toEqual([
			'set server requests/green-0 addr ::1 port 40123',
			'set server requests/green-0 state ready',
			'set server websockets/green-0 addr ::1 port 40123',
			'set server websockets/green-0 state ready',
			'set server requests/blue-0 state maint',
			'set server websockets/blue-0 state maint',
		]);
	});

	it('open the gates behind which somebody waits when the servers are ready, not before', () => {
		const held = {
			...quiet,
			map: { ...quiet.map, state: 'held', hold: 'hold-1000' },
			holds: quiet.holds.map((hold) => (hold.name === 'hold-150' ? { ...hold, waiting: 2 } : hold)),
		};
		const orders = routeOrders([{ instance: 'blue/1', url: 'http://127.0.0.1:40123' }], held);
		const last = [
			'set map traffic.map state flowing',
			'set maxconn server hold-150/gate 1000000',
			'set maxconn server hold-1000/gate 1000000',
		];
		expect(orders.slice(-3)).toEqual(last);
		expect(routeOrders([], held)[0]).toBe('set map traffic.map state closed');
	});

	it('refuse an instance that has no server', () => {
		expect(serverOf('green/15')).toBe('green-15');
		for (const instance of ['green/16', 'red/0', 'blue/0;shutdown frontend public', 'blue']) expect(() => serverOf(instance)).toThrow();
	});
});

describe('what HAProxy says', () => {
	const columns = '# pxname,svname,qcur,scur,stot,econ,eresp,status,type,req_tot,addr,intercepted,';
	const answer = [
		'Name: HAProxy\nPid: 4711\n',
		'0x55 state held\n0x56 hold hold-10000\n0x57 room 20\n0x58 since 2026-11-25T22:00:00.000Z\n',
		[
			columns,
			'public,FRONTEND,,3,9,,,OPEN,0,40,,2,',
			'inner,FRONTEND,,3,9,,,OPEN,0,9,,1,',
			'occupant,FRONTEND,,1,1,,,OPEN,0,1,,0,',
			'hold-10000,BACKEND,4,8,12,1,0,UP,1,12,,,',
			'requests,BACKEND,0,6,90,1,1,UP,1,90,,,',
			'websockets,BACKEND,0,1,1,0,0,UP,1,1,,,\n',
		].join('\n'),
		`${columns}\nrequests,blue-0,0,4,90,0,0,no check,2,90,127.0.0.1:40123,,\nrequests,green-0,0,1,0,0,0,MAINT,2,0,127.0.0.1:1,,\n`,
		`${columns}\nwebsockets,blue-0,0,1,1,0,0,no check,2,1,127.0.0.1:40123,,\n`,
		`${columns}\nnowhere,hold-10000,0,1,1,0,0,no check,2,1,unix,,\n`,
	].join('\n');

	it('is read into traffic and counts', () => {
		const facts = readFacts(answer);
		expect(facts).toMatchObject({ pid: 4711, totals: { requests: 40, failed: 6, held: 11 } });
		expect(facts.holds).toEqual([{ name: 'hold-10000', waiting: 4, occupied: true }]);
		expect(trafficOf(facts)).toEqual({
			state: 'held',
			since: '2026-11-25T22:00:00.000Z',
			waiting: 4,
			upstreams: [{ instance: 'blue/0', url: 'http://127.0.0.1:40123' }],
		});
	});

	it('counts requests between two servers, or just let out of a hold, as inside the one that is ready', () => {
		// 8 - 4 = 4 let out, of which `inner` has taken 3; 7 with a server to come or found, of which 6 have found it.
		expect(inFlightOf(readFacts(answer))).toEqual({ 'blue/0': 4 + 1 + 1, 'green/0': 1 });
	});

	it('is not believed where it is something else', () => {
		for (const text of ['', 'Unknown command: show', 'Pid: 12\n']) expect(() => readFacts(text)).toThrow('cannot read');
	});
});
