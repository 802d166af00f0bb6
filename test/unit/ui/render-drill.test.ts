import type { DrillReport, DrillResult } from '../../../src/lib/drill/drill.ts';
import { renderDrills, renderDrillsAsJUnit } from '../../../src/lib/ui/render-drill.ts';
import { plainTheme } from '../../../src/lib/ui/theme.ts';

const report = (over: Partial<DrillReport>): DrillReport => ({
	kind: 'crash',
	outcome: 'taken over',
	passed: true,
	from: 'blue/0',
	to: 'blue/1',
	cause: 'crashed',
	detectMs: 40,
	takeoverMs: 200,
	requests: { sent: 40, failed: 3, longestMs: 190 },
	messages: null,
	doubleActiveMs: 0,
	note: '',
	...over,
});
const nothing = { outcome: 'not possible', passed: null, detectMs: null, takeoverMs: null, requests: null } as const;
const result = (over: Partial<DrillResult> = {}): DrillResult => ({
	environment: 'production',
	release: 1,
	drills: [
		report({ messages: { sent: 40, lost: 0, doubled: 2 } }),
		report({ kind: 'freeze', outcome: 'went on', passed: false, note: 'no spare took over\u001b[31m' }),
		report({ kind: 'cut-off', ...nothing, note: 'no <network>' }),
	],
	serving: true,
	reasons: [],
	...over,
});

it('is a table, with what there is to say below', () => {
	expect(renderDrills(result(), plainTheme).split('\n')).toEqual([
		'drill    outcome                       detected  taken over  requests                        messages                 double active',
		'crash    taken over (blue/0 → blue/1)  40 ms     200 ms      3 of 40 failed, longest 190 ms  0 of 40 lost, 2 doubled  0 ms',
		'freeze   went on                       40 ms     200 ms      3 of 40 failed, longest 190 ms  -                        0 ms',
		'cut-off  not possible                  -         -           -                               -                        -',
		'',
		'freeze: no spare took over [31m',
		'cut-off: no <network>',
		'production serves',
	]);
});

it('says what to do where the environment does not serve', () => {
	const text = renderDrills(result({ serving: false, reasons: ['blue/0 does not answer'] }), plainTheme);
	expect(text).toContain('production does not serve as it should: blue/0 does not answer');
	expect(text).toContain('→ flowferry up production');
});

it('is a test for each drill in JUnit, and one for what is left', () => {
	const xml = renderDrillsAsJUnit(result({ serving: false, reasons: ['no instance is active'] }));
	expect(xml).toContain('<testsuites name="flowferry drill" tests="4" failures="2" errors="0" skipped="1">');
	expect(xml).toContain('<testcase name="crash" classname="production" time="0.2"/>');
	expect(xml).toContain(
		'<testcase name="cut-off" classname="production" time="0"><skipped message="not possible: no &lt;network&gt;"/></testcase>',
	);
	expect(xml).toContain('<testcase name="it serves afterwards" classname="production"><failure message="no instance is active">');
});
