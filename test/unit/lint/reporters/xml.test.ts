import { createRequire } from 'node:module';
import { checkstyle } from '../../../../src/lib/lint/reporters/checkstyle.ts';
import { junit } from '../../../../src/lib/lint/reporters/junit.ts';
import { element, escapeXml } from '../../../../src/lib/lint/reporters/xml.ts';
import { wireToNowhere } from '../../../../src/lib/lint/rules/wire-to-nowhere.ts';
import { gateInput, hostileNode, hostileRule, hostileTab, subjectOf } from '../gate-subject.ts';
import { node, tab } from '../judge.ts';

// Node-RED's own parser of XML: strict, as it is used here.
const { parseStringPromise } = createRequire(createRequire(import.meta.url).resolve('node-red/package.json'))('xml2js');
const parse = (xml: string): Promise<ReturnType<typeof JSON.parse>> => parseStringPromise(xml, { strict: true });

const hostile = subjectOf([gateInput('f&"<.json', [hostileTab, hostileNode]), gateInput('clean.json', [tab])], [hostileRule]);
const quiet = subjectOf([gateInput(null, [tab])]);

/** As XML can hold it. */
const HOSTILE_IN_XML = "a\ufffd\ufffd[2J \"<b>&'' ]]> %0A::error::\n| `x` [l](u) @team \ufffd \ufffd 🚢";

describe('escapeXml', () => {
	it('keeps every text, but for what XML cannot hold', async () => {
		const text = '\t\r\n <>&"\' é 🚢 \u007f';
		const parsed = await parse(element('a', { b: text }, [escapeXml(text)]));
		expect(parsed.a).toEqual({ _: text, $: { b: text } });
		expect(escapeXml('\u0000\u000b\ud800x\udc00\ufffe\uffff🚢')).toBe('\ufffd\ufffd\ufffdx\ufffd\ufffd\ufffd🚢');
	});

	it('leaves out attributes that are null', () => {
		expect(element('a', { b: null, c: 0 })).toBe('<a c="0"/>');
	});
});

describe('junit', () => {
	it('has a failing test for each error and warning, a skipped one for each info, and one that passes for a clean file', async () => {
		const { testsuites } = await parse(junit(hostile));
		expect(testsuites.$).toEqual({ name: 'flowferry lint', tests: '4', failures: '2', errors: '0', skipped: '1' });
		const [first, second] = testsuites.testsuite;
		expect(first.$).toMatchObject({ name: 'f&"<.json', tests: '3', failures: '2', skipped: '1' });
		expect(first.testcase[0].$).toMatchObject({ classname: 'f&"<.json', file: 'f&"<.json', line: '3' });
		expect(first.testcase[0].$.name).toMatch(/^hostile: x "a \[2J/);
		expect(first.testcase[0].failure[0].$).toEqual({ message: `m ${HOSTILE_IN_XML}`, type: 'error' });
		expect(first.testcase[0].failure[0]._).toContain(`r ${HOSTILE_IN_XML}`);
		expect(first.testcase[1].failure[0].$.type).toBe('warning');
		expect(first.testcase[2].skipped[0].$.message).toContain(`m ${HOSTILE_IN_XML}`);
		expect(second.$).toMatchObject({ name: 'clean.json', tests: '1', failures: '0' });
		expect(second.testcase[0].$.name).toBe('no findings');
	});

	it('has a test even where there is nothing to say', async () => {
		expect((await parse(junit(quiet))).testsuites.$.tests).toBe('1');
	});
});

describe('checkstyle', () => {
	it('has each finding at its line, and each file', async () => {
		const { file } = (await parse(checkstyle(hostile))).checkstyle;
		expect(file.map((each: { $: object }) => each.$)).toEqual([{ name: 'f&"<.json' }, { name: 'clean.json' }]);
		expect(file[0].error.map((each: { $: object }) => each.$)).toEqual(
			['error', 'warning', 'info'].map((severity) => ({
				line: '3',
				column: '7',
				severity,
				message: expect.stringContaining(`m ${HOSTILE_IN_XML} r ${HOSTILE_IN_XML}`),
				source: 'flowferry.hostile',
			})),
		);
	});

	it('gives a line even where there is no text', async () => {
		const stdin = subjectOf([gateInput(null, [tab, node('a', 'json', {}, 'gone')])], [wireToNowhere]);
		expect((await parse(checkstyle(stdin))).checkstyle.file[0].error[0].$).toMatchObject({ line: '1' });
	});
});
