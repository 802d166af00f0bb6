import { namesOf } from '../../../../src/lib/targets/docker/names.ts';
import { type FoundContainer, oddityOf } from '../../../../src/lib/targets/docker/oddities.ts';

const names = namesOf({ name: 'production', docker: {} } as Parameters<typeof namesOf>[0]);
const running: FoundContainer = { name: '', state: 'running', says: 'Up 2 minutes', networks: ['flowferry-production', 'plant'] };
const judge = (part: string, found: FoundContainer | undefined) => oddityOf({ part, environment: 'production', names }, found);

describe("what became of an environment's containers", () => {
	it('is nothing to speak of where they run in their network', () => {
		for (const part of ['blue/0', 'router', 'keeper']) expect(judge(part, running)).toBeNull();
	});

	it.each<[string, string, FoundContainer | undefined, string]>([
		['gone', 'blue/1', undefined, 'flowferry-production-blue-1 of blue/1 is gone: flowferry up production brings it back'],
		['gone', 'router', undefined, 'flowferry-production-router of the router is gone: flowferry up production brings it back'],
		['gone', 'keeper', undefined, 'flowferry-production-keeper of the keeper is gone: it has been brought back now'],
		['paused', 'blue/0', { ...running, state: 'paused' }, 'is paused: docker unpause flowferry-production-blue-0'],
		['paused', 'keeper', { ...running, state: 'paused' }, 'is paused: it has been brought back now'],
		[
			'stopped',
			'green/0',
			{ ...running, state: 'exited', says: 'Exited (137) 5 seconds ago' },
			'does not run (Exited (137) 5 seconds ago), and the engine does not start it, as somebody stopped it: flowferry up production brings it back',
		],
		[
			'ending again and again',
			'router',
			{ ...running, state: 'restarting', says: 'Restarting (1) 2 seconds ago' },
			'docker logs flowferry-production-router tells why',
		],
		[
			'cut off',
			'blue/0',
			{ ...running, networks: ['plant'] },
			'is cut off from its network: docker network connect --alias blue-0 flowferry-production flowferry-production-blue-0',
		],
	])('is named where one is %s: %s', (_, part, found, expected) => {
		expect(judge(part, found)).toContain(expected);
	});
});
