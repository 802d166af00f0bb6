import { tmpdir } from 'node:os';
import { runCli } from '../support/cli.ts';

const rules = (...args: string[]) => runCli(['rules', ...args], { cwd: tmpdir() });

describe('flowferry rules', () => {
	it('lists all rules, for people and as JSON', async () => {
		const { stdout, stderr, status } = await rules();
		expect([stderr, status]).toEqual(['', 0]);
		expect(stdout).toMatch(/^ {2}RULE +HOT-SPARE {2}BALANCED {2}SUMMARY\nsubscriptions\n/);
		expect(stdout).toMatch(/\n {2}fixed-client-id +- +error +One MQTT client id for all instances\n/);
		const answer = (await rules('--json')).json();
		expect(answer.rules.length).toBe(stdout.match(/^ {2}[a-z]/gm)?.length);
		expect(answer.rules).toContainEqual({
			id: 'fixed-client-id',
			family: 'subscriptions',
			summary: 'One MQTT client id for all instances',
			severities: { 'hot-spare': [], 'load-balanced': ['error'] },
			docs: 'docs/rules/fixed-client-id.md',
		});
	});

	it('explains one, for people and as JSON', async () => {
		const { stdout, stderr, status } = await rules('suppression-unused');
		expect(stdout).toMatch(/^suppression-unused\n\nA suppression that suppresses nothing\. Family: correctness\.\n\nWhat it finds\n/);
		expect([stderr, status]).toEqual(['', 0]);
		const { rule } = (await rules('suppression-unused', '--json')).json();
		expect(rule).toMatchObject({ id: 'suppression-unused', page: expect.stringMatching(/^# suppression-unused\n/) });
	});

	it.each([
		['fixed-clientid', 'flowferry: There is no rule fixed-clientid\n  → Did you mean fixed-client-id?\n'],
		['zzz', 'flowferry: There is no rule zzz\n  → See them all with `flowferry rules`.\n'],
		['../configuration', 'flowferry: There is no rule ../configuration\n  → See them all with `flowferry rules`.\n'],
	])('knows no rule %s', async (id, message) => {
		const { stdout, stderr, status } = await rules(id);
		expect([stdout, stderr, status]).toEqual(['', message, 2]);
	});
});
