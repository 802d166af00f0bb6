import fc from 'fast-check';
import { environmentOf } from '../../../src/lib/config/environment-of.ts';
import { parseConfig } from '../../../src/lib/config/load.ts';
import { changedPaths, digestConfiguration } from '../../../src/lib/plan/configuration.ts';
import type { Plan } from '../../../src/lib/plan/plan.ts';
import { parseSavedPlan, renderSavedPlan, type SavedPlan, savePlan, withoutSecrets } from '../../../src/lib/plan/saved-plan.ts';
import { type PlanNow, staleImage, staleReasons } from '../../../src/lib/plan/stale.ts';

const plan = {
	environment: 'production',
	snapshot: 'a'.repeat(64),
	origin: { kind: 'dev', snapshot: 'a'.repeat(64) },
	from: { slot: 'blue', release: 2, snapshot: 'b'.repeat(64) },
	strategy: 'gated',
	lint: { errors: 0, warnings: 3, failOn: 'error' },
	blockers: [],
	warnings: ['x'],
	installs: ['a@1.0.0'],
	sinceServing: null,
} as unknown as Plan;
const unsigned = {
	version: '0.1.0',
	environment: 'production',
	target: 't',
	flags: {},
	configuration: { mode: '1', 'variables.A': '2' },
	plan,
	author: 'Jane <j@x>',
	time: '2026-01-01T00:00:00.000Z',
};
const saved = savePlan(unsigned);

describe('a plan as a file', () => {
	it('comes back as it was', () => expect(parseSavedPlan(renderSavedPlan(saved), 'p.json')).toEqual(saved));

	it.each<[string, unknown, string, RegExp]>([
		['empty', '', 'PLAN_FILE_INVALID', /is empty/],
		['cut off', JSON.stringify(saved).slice(0, -40), 'PLAN_FILE_INVALID', /is not JSON: it was cut off/],
		['some other JSON', { environments: {} }, 'PLAN_FILE_INVALID', /is no plan of flowferry/],
		['a list', [1], 'PLAN_FILE_INVALID', /is no plan of flowferry/],
		['null', 'null', 'PLAN_FILE_INVALID', /is no plan of flowferry/],
		['of a later format', { ...saved, formatVersion: 2 }, 'PLAN_FILE_VERSION', /has format 2; this flowferry knows format 1/],
		['changed', { ...saved, author: 'Eve' }, 'PLAN_FILE_DAMAGED', /checksum is another/],
		['without its checksum', { ...saved, checksum: undefined }, 'PLAN_FILE_DAMAGED', /checksum is another/],
		[
			'made by hand, and no plan',
			savePlan({ ...unsigned, plan: { environment: 'production' } as never }),
			'PLAN_FILE_INVALID',
			/lacks what/,
		],
		['made by hand, without one', savePlan({ ...unsigned, plan: undefined as never }), 'PLAN_FILE_INVALID', /lacks what/],
		[
			'made by hand, that comes from nowhere',
			savePlan({ ...unsigned, plan: { ...plan, origin: null as never } }),
			'PLAN_FILE_INVALID',
			/lacks what/,
		],
		[
			'made by hand, without blockers',
			savePlan({ ...unsigned, plan: { ...plan, blockers: undefined as never } }),
			'PLAN_FILE_INVALID',
			/lacks what/,
		],
		[
			'made by hand, with no blocker for one',
			savePlan({ ...unsigned, plan: { ...plan, blockers: [null] as never } }),
			'PLAN_FILE_INVALID',
			/lacks what/,
		],
		['made by hand, for two', savePlan({ ...unsigned, environment: 'staging' }), 'PLAN_FILE_INVALID', /lacks what/],
		[
			'made by hand, with no such strategy',
			savePlan({ ...unsigned, flags: { strategy: 'magic' as never } }),
			'PLAN_FILE_INVALID',
			/lacks what/,
		],
		['made by hand, with no such image', savePlan({ ...unsigned, image: 'two words' }), 'PLAN_FILE_INVALID', /lacks what/],
	])('that is %s is refused', (_, content, code, message) => {
		const text = typeof content === 'string' ? content : JSON.stringify(content);
		expect(() => parseSavedPlan(text, 'p.json')).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
		expect(() => parseSavedPlan(text, 'p.json')).toThrow('p.json');
	});

	it('of which any digit or letter was changed is refused', () => {
		const text = JSON.stringify(saved);
		const places = [...text.matchAll(/[0-9A-Za-z]/g)].map(({ index }) => index);
		fc.assert(
			fc.property(fc.constantFrom(...places), fc.constantFrom('0', '1', 'x', 'Z'), (at, letter) => {
				fc.pre(text[at] !== letter);
				expect(() => parseSavedPlan(`${text.slice(0, at)}${letter}${text.slice(at + 1)}`, 'p.json')).toThrow();
			}),
		);
	});
});

describe('a plan in a file', () => {
	it('has no secret in what it says that somebody lacks', () => {
		const lack = { kind: 'host' as const, certainty: 'likely' as const, nodes: [], message: 'no host s3cret', remedy: 'name s3cret' };
		const blocker = { code: 'VARIABLES_MISSING' as const, message: 's3cret', hint: 's3cret' };
		const said = { ...plan, completeness: { lacks: [lack] }, blockers: [blocker], warnings: ['no host s3cret'] };
		expect(withoutSecrets(said, (text) => text.replaceAll('s3cret', '***'))).toEqual({
			...said,
			completeness: { lacks: [{ ...lack, message: 'no host ***', remedy: 'name ***' }] },
			blockers: [{ ...blocker, message: '***', hint: '***' }],
			warnings: ['no host ***'],
		});
	});
});

describe('a stale plan', () => {
	it('is one whose image is another', () => {
		const [one, two] = ['1', '2'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];
		expect([staleImage({}, null), staleImage({ image: one }, one)]).toEqual([[], []]);
		expect(staleImage({ image: one }, two)).toEqual(['its image is sha256:111111111111, and this is sha256:222222222222']);
		expect(staleImage({}, one)).toEqual(['its image is the one by the configuration, and this is sha256:111111111111']);
		expect(staleImage({ image: one }, null)).toEqual(['its image is sha256:111111111111, and this is the one by the configuration']);
		expect(staleImage({ image: 'registry.example/plant:7' }, 'registry.example/plant:8')).toEqual([
			'its image is registry.example/plant:7, and this is registry.example/plant:8',
		]);
	});

	const reasons = (now: Partial<PlanNow> = {}, from: SavedPlan = saved) => staleReasons(from, { ...unsigned, ...now });

	it('is none where nothing that decides has changed', () => {
		expect(reasons()).toEqual([]);
		const plan2 = { ...plan, warnings: [], installs: [], origin: { kind: 'stored', snapshot: 'a' } } as unknown as Plan;
		expect(reasons({ plan: plan2 })).toEqual([]);
	});

	it.each<[string, Partial<PlanNow>, string[]]>([
		['another target', { target: 'u', version: '9' }, ['it was made for another production: one with a state of its own']],
		['another flowferry', { version: '0.2.0' }, ['flowferry 0.1.0 made it, and this is 0.2.0, which may judge the flows otherwise']],
		[
			'another configuration',
			{ configuration: { mode: '1', 'variables.B': '2' } },
			['the configuration has changed: variables.A, variables.B'],
		],
		[
			'another release',
			{ plan: { ...plan, from: { ...plan.from, release: 3 } } as Plan },
			['release 3 serves now, and no longer release 2'],
		],
		['none that serves', { plan: { ...plan, from: null } }, ['nothing serves now, and no longer release 2']],
		['other findings', { plan: { ...plan, lint: { ...plan.lint, warnings: 4 } } }, ["the plan's lint.warnings was 3, and is 4"]],
		[
			'what blocks it',
			{ plan: { ...plan, blockers: [{ code: 'STAGE_SKIPPED', message: 'production comes after staging', hint: '' }] } },
			['production comes after staging'],
		],
	])('names %s', (_, now, expected) => expect(reasons(now)).toEqual(expected));
});

describe('digests of a configuration', () => {
	const digests = (keys: object, key = 'k', folder = '/a', settings: string | null = null) => {
		const text = JSON.stringify({ dev: { userDir: 'x' }, environments: { production: { mode: 'hot-spare', ...keys } } });
		const config = parseConfig(text, 'f', {});
		return digestConfiguration(environmentOf(config), config.lint, Buffer.from(key), folder, settings);
	};

	it('tell which keys differ, and nothing of their values', () => {
		const [one, other] = [digests({ variables: { A: 'secret', B: 'b' } }), digests({ variables: { A: 'other', B: 'b' }, failOn: 'never' })];
		expect(changedPaths(one, other)).toEqual(['failOn', 'variables.A']);
		expect(JSON.stringify([one, other])).not.toMatch(/secret|other/);
	});

	it('are others under another key, and at another path, so that they can be neither guessed nor compared', () => {
		expect(digests({ variables: { A: 's' } })['variables.A']).not.toBe(digests({ variables: { A: 's' } }, 'l')['variables.A']);
		const { 'variables.A': a, 'variables.B': b } = digests({ variables: { A: 's', B: 's' } });
		expect(a).not.toBe(b);
	});

	it('do not mind where the project was checked out, nor who may promote', () => {
		const one = digests({ settings: '/a/settings.js', directory: '/a/x' }, 'k', '/a');
		const other = digests({ settings: '/b/settings.js', directory: '/b/x', protected: { by: ['me'] } }, 'k', '/b');
		expect(changedPaths(one, other)).toEqual([]);
	});

	it('tell that the settings file says something else, and nothing of what it says', () => {
		const [none, one, other] = [null, 'secret', 'other'].map((text) => digests({ settings: '/a/settings.js' }, 'k', '/a', text));
		expect(changedPaths(one ?? {}, other ?? {})).toEqual(['settings (contents)']);
		expect(changedPaths(none ?? {}, one ?? {})).toEqual(['settings (contents)']);
		expect(JSON.stringify([one, other])).not.toMatch(/secret|other/);
	});
});
