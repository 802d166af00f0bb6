import type { EnvironmentStatus } from '../../../src/lib/cutover/environment-status.ts';
import type { RoleChange } from '../../../src/lib/failover/failover-store.ts';
import type { InstanceStatus } from '../../../src/lib/targets/instance.ts';
import { renderHistory } from '../../../src/lib/ui/render-history.ts';
import { renderLook, renderStatus } from '../../../src/lib/ui/render-status.ts';
import { plainTheme } from '../../../src/lib/ui/theme.ts';

const release = { number: 1, snapshot: 'a'.repeat(64), created: '2026-01-01T00:00:00Z' };

function instance(name: string, more: Partial<InstanceStatus> = {}, delay = 2) {
	const agent = { inFlight: 4, eventLoopDelayMs: delay, rssBytes: 150e6 } as InstanceStatus['agent'];
	return {
		name,
		status: { instance: name, state: 'standby', lease: null, url: null, crashes: 0, heartbeatMs: 120, agent, ...more } as InstanceStatus,
	};
}

const change = (more: Partial<RoleChange> = {}): RoleChange => ({
	at: '2026-01-01T12:00:00.250Z',
	atMs: 1,
	seat: 'active',
	token: 4,
	instance: 'blue/1',
	role: 'active',
	cause: 'crashed',
	detail: 'ended by SIGKILL',
	before: 'blue/0',
	tookMs: 212,
	...more,
});

const status = (more: Partial<EnvironmentStatus> = {}): EnvironmentStatus => ({
	environment: 'production',
	mode: 'hot-spare',
	health: { state: 'serving' },
	active: { slot: 'blue', release: 1, snapshot: release.snapshot },
	slots: [
		{
			slot: 'blue',
			release,
			instances: [instance('blue/0', { crashes: 1 }), instance('blue/1', { state: 'active', lease: { token: 4 } })],
		},
		{ slot: 'green', release, instances: [instance('green/0'), { name: 'green/1', status: null }] },
	],
	router: 'gateway',
	gateway: null,
	leases: [],
	coming: [],
	failoverPaused: null,
	failovers: [],
	hungMs: 2000,
	promotion: null,
	history: [],
	...more,
});

const lineOf = (text: string, start: string) => text.split('\n').find((line) => line.trim().startsWith(start));

describe('what status shows', () => {
	it('tells the spare from what stands by for a rollback, with what each instance is up to', () => {
		const text = renderStatus(status(), plainTheme);
		expect(lineOf(text, 'blue/0')).toBe('  blue/0   spare      heartbeat 120 ms ago  4 in flight  delay 2 ms  150 MB  1 crash');
		expect(lineOf(text, 'blue/1')).toBe('  blue/1   active     token 4  heartbeat 120 ms ago  4 in flight  delay 2 ms  150 MB');
		expect(lineOf(text, 'green/0')).toContain('standby');
		expect(lineOf(text, 'green/1')).toContain('does not answer');
	});

	it('does not take one that an autoscaler has just added for one that does not answer', () => {
		expect(lineOf(renderStatus(status({ coming: ['green/1'] }), plainTheme), 'green/1')).toBe('  green/1  comes up');
	});

	it("warns of an event loop that is late by more than half of a hang's limit", () => {
		const slots = (delay: number) => [{ slot: 'blue' as const, release, instances: [instance('blue/0', {}, delay)] }];
		expect(renderStatus(status({ slots: slots(1000) }), plainTheme)).not.toContain('killed');
		expect(renderStatus(status({ slots: slots(1001) }), plainTheme)).toContain('delay 1001 ms (!: at 2000 ms it is killed)');
	});

	it('tells what the probes of an active instance find, and that it is left running all the same', () => {
		const slots = (leftAsItIs: boolean) => {
			const probes = { failed: 2, fault: "'Plant' received 0 messages in 30 s, not 1", leftAsItIs };
			return [{ slot: 'blue' as const, release, instances: [instance('blue/0', { state: 'active', probes })] }];
		};
		const text = renderStatus(status({ slots: slots(false) }), plainTheme);
		expect(text).toMatch(/blue\/0 .*\n {4}! probes failed 2 times in a row: 'Plant' received 0 messages in 30 s, not 1$/m);
		expect(renderStatus(status({ slots: slots(true) }), plainTheme)).toContain('not 1; it is left running');
	});

	it('says which instance was changed in place, for how long that lasts, and what to do where it is the active one', () => {
		const slots = [
			{
				slot: 'blue' as const,
				release,
				instances: [instance('blue/0', { drifted: true, lease: { token: 4 } }), instance('blue/1', { drifted: true })],
			},
		];
		const lines = renderStatus(status({ slots }), plainTheme).split('\n');
		const told = '    ! changed in place: its flows or credentials are not those of release 1, until its Node-RED ends';
		expect(lines.filter((line) => line.includes('place') || line.includes('→'))).toEqual([
			`${told} or another instance goes on`,
			'      → flowferry diff production shows it; flowferry snapshot --from production keeps it',
			told,
		]);
	});

	it('lists the latest failovers', () => {
		const text = renderStatus(status({ failovers: [change()] }), plainTheme);
		expect(text).toContain('failovers\n  2026-01-01 12:00:00 UTC  blue/0 → blue/1  crashed (ended by SIGKILL)  212 ms  token 4');
	});

	it('says by whom automatic failover is paused, until when, and what ends that', () => {
		const paused = { by: 'ann@host', since: '2026-01-01T12:00:00Z', until: '2026-01-01T12:30:00Z', reason: 'asked' as const };
		const text = renderStatus(status({ failoverPaused: paused }), plainTheme);
		expect(text).toContain('‖ automatic failover is paused by ann@host since 2026-01-01 12:00:00 UTC, until 2026-01-01 12:30:00 UTC');
		expect(text).toContain('→ flowferry failover resume production');
		expect(renderStatus(status({ failoverPaused: { ...paused, until: null } }), plainTheme)).toContain('with no end');
		expect(renderStatus(status({ failoverPaused: { ...paused, reason: 'down' } }), plainTheme)).toContain('→ flowferry up production');
		expect(renderStatus(status({ failoverPaused: { ...paused, reason: 'down' }, health: { state: 'down' } }), plainTheme)).not.toContain(
			'failover',
		);
	});

	it('shows with --watch when it looked, also where that failed', () => {
		const now = new Date('2026-01-01T12:00:00Z');
		expect(renderLook({ seen: status() }, 'production', now, plainTheme)).toMatch(
			/^2026-01-01 12:00:00 UTC\nproduction \(hot-spare\): serving\n/,
		);
		expect(renderLook({ fault: 'a\x1b[2Jb' }, 'production', now, plainTheme)).toBe(
			'2026-01-01 12:00:00 UTC\nproduction: its state cannot be read: a [2Jb',
		);
	});
});

describe('what history shows of roles', () => {
	const promotion = {
		id: 1,
		kind: 'promote' as const,
		strategy: 'first' as const,
		from: null,
		to: { slot: 'blue' as const, release },
		by: 'ann@host',
		started: '2026-01-01T12:00:00.100Z',
		ended: null,
		state: { kind: 'retired' } as never,
		acts: [],
	};

	it('merges them with the promotions, the newest first', () => {
		const roles = [
			change({ tookMs: 1 }),
			change({ at: '2026-01-01T12:00:00.050Z', role: 'standby', instance: 'blue/0', before: null, tookMs: null }),
		];
		expect(renderHistory('production', [promotion], roles, plainTheme).split('\n')).toEqual([
			'2026-01-01 12:00:00.250 UTC  blue/0 → blue/1  crashed (ended by SIGKILL)  1 ms  token 4',
			'',
			expect.stringMatching(/^promotion 1 /),
			'  2026-01-01 12:00:00.100 UTC by ann@host: served',
			'',
			'2026-01-01 12:00:00.050 UTC  blue/0 no longer active  crashed (ended by SIGKILL)  token 4',
		]);
	});

	it('tells who goes on after a crash from who takes over, and says a boot loop in words', () => {
		const text = renderHistory(
			'production',
			[],
			[
				change({ before: 'blue/1' }),
				change({ before: null, cause: 'asked', detail: '', tookMs: null }),
				change({
					role: 'failed',
					token: null,
					before: null,
					tookMs: null,
					detail: 'Node-RED has ended 4 times in a row; its log: /logs/blue-1.log',
				}),
			],
			plainTheme,
		);
		expect(text).toContain('blue/1 active again  crashed (ended by SIGKILL)  212 ms');
		expect(text).toContain('blue/1 active  asked  token 4');
		expect(text).toContain('blue/1 does not come up  crashed (Node-RED has ended 4 times in a row; its log: /logs/blue-1.log)');
		expect(renderHistory('production', [], [], plainTheme)).toBe('nothing was ever promoted to production');
	});
});
