import { parseLogLine, redactLogLine } from '../../../src/lib/targets/logs.ts';
import { renderLogLine } from '../../../src/lib/ui/render-logs.ts';
import { createTheme } from '../../../src/lib/ui/theme.ts';

const theme = createTheme({ isTTY: false } as never);

describe('a line of a log', () => {
	it.each<[string, string, object, string]>([
		[
			"the runner's",
			'{"time":"2026-11-26T04:05:57.677Z","runner":"standing by","port":34379,"cause":"asked"}',
			{ from: 'runner', time: '2026-11-26T04:05:57.677Z', event: 'standing by', facts: { port: 34379, cause: 'asked' } },
			'blue/0   2026-11-26T04:05:57.677Z standing by port=34379 cause=asked',
		],
		[
			"Node-RED's",
			'26 Nov 04:05:57 - [warn] hot',
			{ from: 'node-red', text: '26 Nov 04:05:57 - [warn] hot' },
			'blue/0   26 Nov 04:05:57 - [warn] hot',
		],
		["JSON of a node's", '{"runner":1}', { from: 'node-red', text: '{"runner":1}' }, 'blue/0   {"runner":1}'],
		['no JSON after all', '{ a', { from: 'node-red', text: '{ a' }, 'blue/0   { a'],
		['with an escape sequence', '\u001b[31mred', { from: 'node-red', text: '\u001b[31mred' }, 'blue/0    [31mred'],
	])('%s', (_, text, line, shown) => {
		expect(parseLogLine('blue/0', text)).toEqual({ instance: 'blue/0', ...line });
		expect(renderLogLine(parseLogLine('blue/0', text), theme)).toBe(shown);
	});
});

describe('a line without secrets', () => {
	const redact = (text: string) => text.replace(/\b(?:1|pw-3f9a)\b/g, '***');

	it('is without them in texts, and keeps its numbers', () => {
		const line = parseLogLine(
			'blue/0',
			'{"time":"2026-11-26T04:05:57.677Z","runner":"node-red ended","crashes":1,"said":["pw-3f9a",{"n":1}]}',
		);
		expect(redactLogLine(line, redact)).toMatchObject({ event: 'node-red ended', facts: { crashes: 1, said: ['***', { n: 1 }] } });
		expect(redactLogLine(parseLogLine('blue/0', 'token pw-3f9a'), redact)).toMatchObject({ text: 'token ***' });
	});
});
