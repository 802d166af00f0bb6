import type { AuditAction } from '../../../src/lib/audit/audit-log.ts';
import { auditActions } from '../../../src/lib/audit/audit-log.ts';
import { type Actor, isMeant, readCi } from '../../../src/lib/protection/actor.ts';
import type { Approval } from '../../../src/lib/protection/approvals.ts';
import { countingApprovals } from '../../../src/lib/protection/approvals.ts';
import { type Attempt, decideGates, type Rules } from '../../../src/lib/protection/decide.ts';

const actor = (identity: string, source: Actor['source'] = 'git'): Actor => ({ identity, source, operator: 'o', job: null });
const jane = actor('Jane <jane@plant.example>');
const joe = actor('github:joe', 'ci');

describe('who is meant', () => {
	it.each([
		['*', jane, true],
		['*@plant.example', jane, true],
		['JANE@plant.example', jane, true],
		['Jane <jane@plant.example>', jane, true],
		['Jane', jane, false],
		['jane@plant.exampl', jane, false],
		['jane@plant-example', jane, false],
		['github:joe', joe, true],
		['github:*', joe, true],
		['gitlab:*', joe, false],
		['github:*', actor('github:joe <joe@x>'), false],
		['github:joe', actor('github:joe', 'login'), false],
		['github:joe', actor('github:joe', 'configuration'), true],
		['GitHub:*', actor('github:joe', 'login'), false],
		['github:joe', actor('GITHUB:joe'), false],
		['*', actor('GitLab:joe', 'login'), false],
		['*:joe', actor('github:joe'), false],
		['github:*', actor('Joe <GitHub:joe>'), false],
		['*@x', actor('github:joe <joe@x>'), true],
		['(.*)', jane, false],
	])('%s: %o', (pattern, who, expected) => expect(isMeant(pattern, who)).toBe(expected));
});

describe('what a CI system says', () => {
	it.each([
		[{}, null],
		[{ GITHUB_ACTOR: 'joe' }, null],
		[
			{ GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'joe', GITHUB_SERVER_URL: 'https://g', GITHUB_REPOSITORY: 'a/b', GITHUB_RUN_ID: '7' },
			{ actor: 'github:joe', job: 'https://g/a/b/actions/runs/7' },
		],
		[
			{ GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'joe', GITHUB_TRIGGERING_ACTOR: 'ann' },
			{ actor: 'github:ann', job: null },
		],
		[
			{ GITLAB_CI: 'true', GITLAB_USER_LOGIN: 'ann', CI_JOB_URL: 'https://l/1' },
			{ actor: 'gitlab:ann', job: 'https://l/1' },
		],
		[
			{ JENKINS_URL: 'http://j', BUILD_URL: 'http://j/1' },
			{ actor: null, job: 'http://j/1' },
		],
	])('%o', (env, expected) => expect(readCi(env)).toEqual(expected));
});

const id = (digit: string) => digit.repeat(64);
const proposal = { snapshot: id('a'), plan: null, serving: 3, change: 7 };
const approval = (who: Actor, more: Partial<Approval> = {}): Approval => ({ who, time: 't', ...proposal, ...more });

describe('approvals that count', () => {
	const ann = actor('Ann <ann@plant.example>');
	it.each<[string, Approval[], number]>([
		['of another', [approval(ann)], 1],
		['of oneself', [approval(jane)], 0],
		['of oneself under another name', [approval(actor('J. Doe <JANE@plant.example>'))], 0],
		['of one person twice', [approval(ann), approval(actor('ann <ann@plant.example>'))], 1],
		['of two', [approval(ann), approval(joe)], 2],
		['of another snapshot', [approval(ann, { snapshot: id('b') })], 0],
		['of a saved plan, where none is applied', [approval(ann, { plan: id('c') })], 0],
		['while another release served', [approval(ann, { serving: 2 })], 0],
		['before something else served in between', [approval(ann, { change: 6 })], 0],
		['of who may not approve any more', [approval(actor('Eve <eve@other.example>'))], 0],
	])('%s', (_, approvals, expected) =>
		expect(countingApprovals(approvals, proposal, jane, ['*@plant.example', 'github:*'])).toHaveLength(expected),
	);

	it('of a saved plan hold for that one, and those of the snapshot for it, too', () => {
		const planned = { ...proposal, plan: id('c') };
		const approvals = [approval(ann, { plan: id('c') }), approval(joe)];
		expect(countingApprovals(approvals, planned, jane, ['*'])).toHaveLength(2);
		expect(countingApprovals([approval(ann, { plan: id('d') })], planned, jane, ['*'])).toHaveLength(0);
	});
});

describe('what stands in the way', () => {
	const rules: Rules = {
		by: ['*@plant.example'],
		approvals: 1,
		override: ['oncall@plant.example'],
		windows: [{ days: ['mon-fri'], from: '22:00', to: '24:00', timeZone: 'Europe/Berlin' }],
		freezes: [],
	};
	const codes = (action: AuditAction, more: Partial<Attempt> = {}, some: Partial<Rules> = {}) =>
		decideGates(
			{ ...rules, ...some },
			{
				environment: 'production',
				action,
				actor: joe,
				now: new Date('2026-11-27T12:00:00Z'),
				override: false,
				proposal: action === 'promote' ? proposal : null,
				approvals: [],
				...more,
			},
		).map(({ code }) => code);

	it('of each action, to one who may not, outside of the windows, without an approval', () => {
		const [who, both, all] = [['NOT_ALLOWED'], ['NOT_ALLOWED', 'WINDOW_CLOSED'], ['NOT_ALLOWED', 'WINDOW_CLOSED', 'APPROVAL_MISSING']];
		expect(Object.fromEntries(auditActions.map((action) => [action, codes(action)]))).toEqual({
			promote: all,
			continue: both,
			switchover: both,
			down: both,
			drill: both,
			rollback: who,
			abort: who,
			failover: who,
			'failover pause': who,
			'failover resume': who,
			approve: [],
			resume: [],
			up: [],
		});
	});

	it('never keeps one who may from going back, whatever the clock and others say', () => {
		for (const action of ['rollback', 'abort', 'failover', 'resume', 'up'] as const) expect(codes(action, { actor: jane })).toEqual([]);
	});

	it('is nothing within a window, with an approval', () => {
		const approvals = [approval(actor('Ann <ann@plant.example>'))];
		expect(codes('promote', { actor: jane, now: new Date('2026-11-27T21:30:00Z'), approvals })).toEqual([]);
	});

	it('goes for an override by those who may, and for nobody else', () => {
		expect(codes('promote', { actor: jane, override: true })).toEqual(['NOT_ALLOWED']);
		expect(codes('promote', { actor: actor('On Call <oncall@plant.example>'), override: true })).toEqual([]);
		expect(codes('promote', { actor: jane, override: true }, { override: undefined })).toEqual([]);
		expect(codes('promote', { actor: jane, override: true }, { override: [] })).toEqual(['NOT_ALLOWED']);
	});

	it('says when it opens, by the clock there', () => {
		const [gate] = decideGates(rules, {
			environment: 'production',
			action: 'down',
			actor: jane,
			now: new Date('2026-11-28T12:00:00Z'),
			override: false,
			proposal: null,
			approvals: [],
		});
		expect(gate?.message).toBe('production may not be changed now: its windows are mon-fri from 22:00 to 24:00 (Europe/Berlin)');
		expect(gate?.hint).toContain('it may again from Mon 2026-11-30 22:00 (Europe/Berlin)');
	});
});
