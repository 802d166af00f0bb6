import type { LintEnvironment } from '../../../src/lib/config/lint-config.ts';
import { chooseTarget } from '../../../src/lib/gate/settings.ts';
import { reachOfStore } from '../../../src/lib/lint/context-stores.ts';
import { resolveSettings } from '../../../src/lib/lint/settings.ts';

const spare: LintEnvironment = { mode: 'hot-spare', variables: ['A'], primary: null, sharesContext: true };
const alone: LintEnvironment = { mode: 'hot-spare', variables: [], primary: null, sharesContext: false };
const choose = (environments: Record<string, LintEnvironment>, asked: Parameters<typeof chooseTarget>[1] = {}) =>
	chooseTarget({ settings: resolveSettings(), environments, settingsFolder: '/' }, asked);
const reachOf = (chosen: ReturnType<typeof chooseTarget>) => reachOfStore(chosen.settings.contextStores, null);

describe('what flows are judged for', () => {
	it('is an environment with the context store that its instances share', () => {
		expect(choose({ production: spare })).toMatchObject({ mode: 'hot-spare', variables: ['A'] });
		expect(reachOf(choose({ production: spare }))).toBe('shared');
		expect(reachOf(choose({ production: spare, test: alone }, { environment: 'production' }))).toBe('shared');
	});

	it('has its context in memory where no environment is meant, where that has one instance, or for the other mode', () => {
		expect(reachOf(choose({ production: spare, test: alone }))).toBe('process');
		expect(reachOf(choose({ production: spare, test: alone }, { environment: 'test' }))).toBe('process');
		expect(reachOf(choose({ production: spare }, { mode: 'load-balanced' }))).toBe('process');
		expect(reachOf(choose({}))).toBe('process');
	});
});
