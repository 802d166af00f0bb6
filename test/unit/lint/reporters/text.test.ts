import { github } from '../../../../src/lib/lint/reporters/github.ts';
import { gitlab } from '../../../../src/lib/lint/reporters/gitlab.ts';
import { html } from '../../../../src/lib/lint/reporters/html/html.ts';
import { reporters } from '../../../../src/lib/lint/reporters/index.ts';
import { markdown } from '../../../../src/lib/lint/reporters/markdown.ts';
import { wireToNowhere } from '../../../../src/lib/lint/rules/wire-to-nowhere.ts';
import { gateInput, hostileNode, hostileRule, hostileTab, subjectOf } from '../gate-subject.ts';
import { node, tab } from '../judge.ts';

const hostile = subjectOf([gateInput('a,b:c/flows.json', [hostileTab, hostileNode])], [hostileRule]);
const quiet = subjectOf([gateInput('flows.json', [tab])]);

describe('github', () => {
	it('gives one command a line for each finding, with nothing of a text that could end it', () => {
		const lines = github(hostile).split('\n');
		expect(lines).toHaveLength(4);
		expect(lines[0]).toMatch(/^::error file=a%2Cb%3Ac\/flows\.json,line=3,col=7,title=flowferry%3A hostile::x "a /);
		expect(lines[1]).toMatch(/^::warning /);
		expect(lines[2]).toMatch(/^::notice /);
		expect(lines[0]).toContain('%250A::error::%0A|');
		expect(lines[3]).toBe('');
	});

	it('names no file where there is none, and says nothing where there is nothing to say', () => {
		const [line] = github(subjectOf([gateInput(null, [tab, node('a', 'json', {}, 'gone')])], [wireToNowhere])).split('\n');
		expect(line).toMatch(/^::warning title=flowferry%3A wire-to-nowhere::json a in flow "Plant"%0A/);
		expect(github(quiet)).toBe('');
	});
});

describe('gitlab', () => {
	it('gives issues that GitLab takes, with fingerprints that differ', () => {
		const issues = JSON.parse(gitlab(hostile));
		expect(issues.map((issue: { severity: string }) => issue.severity)).toEqual(['major', 'minor', 'info']);
		expect(new Set(issues.map((issue: { fingerprint: string }) => issue.fingerprint)).size).toBe(3);
		expect(issues[0]).toEqual({
			type: 'issue',
			check_name: 'hostile',
			description: expect.stringMatching(/^x "a/),
			content: { body: expect.stringMatching(/^r a/) },
			categories: ['Bug Risk'],
			severity: 'major',
			fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
			location: { path: 'a,b:c/flows.json', lines: { begin: 3 } },
		});
		expect(JSON.parse(gitlab(quiet))).toEqual([]);
	});

	it('keeps the fingerprint of a finding whose node was changed', () => {
		const fingerprintOf = (property: string) => {
			const flows = [tab, node('a', 'json', { property }, 'gone')];
			return JSON.parse(gitlab(subjectOf([gateInput('f.json', flows)], [wireToNowhere])))[0].fingerprint;
		};
		expect(fingerprintOf('x')).toBe(fingerprintOf('y'));
	});
});

describe('markdown', () => {
	it('gives a table of one row for each finding, with nothing of a text that could act', () => {
		const text = markdown(hostile);
		const rows = text.split('\n').filter((line) => line.startsWith('| 🔴') || line.startsWith('| 🟠') || line.startsWith('| 🔵'));
		expect(rows).toHaveLength(3);
		for (const row of rows) {
			expect(row.replaceAll('\\|', '').split('|')).toHaveLength(5);
			expect(row).not.toMatch(/@team|<b>|[^\\]`|\]\(u/);
		}
		expect(text).toMatch(/^### flowferry: 1 error, 1 warning, 1 info\n\n2 nodes in 1 flow, judged for load-balanced\n/);
	});

	it('is short where there is nothing to say', () => {
		expect(markdown(quiet)).toBe('### flowferry: no findings\n\n1 node in 1 flow, judged for load-balanced\n');
	});

	it('stays within what a comment may have, and says how much does not fit', () => {
		const nodes = Array.from({ length: 1000 }, (_, index) => node(`n${index}`, 'json', { name: 'x'.repeat(200) }, 'gone'));
		const text = markdown(subjectOf([gateInput('f.json', [tab, ...nodes])], [wireToNowhere]));
		expect(text.length).toBeLessThan(65_000);
		const shown = text.split('\n').filter((line) => line.startsWith('| 🟠')).length;
		expect(text).toMatch(new RegExp(`\n${1000 - shown} more findings left out for want of room\\.\n$`));
	});
});

describe('every format', () => {
	it.each(Object.keys(reporters) as (keyof typeof reporters)[])('%s is pure, and leaves the subject as it is', async (format) => {
		const before = JSON.stringify(hostile);
		const report = await reporters[format]();
		expect(report(hostile)).toBe(report(hostile));
		expect(JSON.stringify(hostile)).toBe(before);
	});
});

describe('html', () => {
	it('draws one input', () => {
		expect(html(subjectOf([gateInput('flows.json', [tab])]))).toMatch(/^<!doctype html>.*<title>flowferry lint: flows\.json/s);
	});

	it('draws several in one page', () => {
		const page = html(subjectOf([gateInput('a', [tab]), gateInput('b', [tab])]));
		expect(page).toContain('<title>flowferry lint: 2 flow files</title>');
		expect(page.match(/<svg class="drawing/g)).toHaveLength(2);
	});
});
