import { setTimeout as sleep } from 'node:timers/promises';
import type { UserCommand, UserCommandResult } from '../../../src/lib/adapters/user-command.ts';
import { RoleHook } from '../../../src/runner/role-hook.ts';

const instance = { environment: 'production', instance: 'blue/0' };

/** A hook whose commands are noted, and end as they are told. */
function scene(end: (count: number) => Promise<Partial<UserCommandResult>> = async () => ({})) {
	const ran: UserCommand[] = [];
	const logged: [string, object][] = [];
	const run = async (command: UserCommand) => {
		ran.push(command);
		command.onLine?.('a line');
		return { passed: true, how: 'exited with status 0', lastLines: [], ...(await end(ran.length)) };
	};
	const log = { write: (event: string, facts: object) => void logged.push([event, facts]) };
	return { hook: new RoleHook(instance, { command: './tell.sh', timeoutMs: 1234, run }, log), ran, logged };
}

describe('the hook for changes of role', () => {
	it('is told what the instance is, why, and by which token it was active', async () => {
		const { hook, ran } = scene();
		hook.roleChanged('active', 'told to', 7);
		hook.roleChanged('standby', 'Node-RED ended by SIGKILL', null);
		hook.roleChanged('failed', 'Node-RED exited with status 1', null);
		await hook.settled(5_000);
		expect(ran.map(({ command, timeoutMs }) => [command, timeoutMs])).toEqual(Array(3).fill(['./tell.sh', 1234]));
		const seen = { FLOWFERRY_ENVIRONMENT: 'production', FLOWFERRY_INSTANCE: 'blue/0', FLOWFERRY_TOKEN: '7' };
		expect(ran.map(({ variables }) => variables)).toEqual([
			{ ...seen, FLOWFERRY_ROLE: 'active', FLOWFERRY_CAUSE: 'told to' },
			{ ...seen, FLOWFERRY_ROLE: 'standby', FLOWFERRY_CAUSE: 'Node-RED ended by SIGKILL' },
			{ ...seen, FLOWFERRY_ROLE: 'failed', FLOWFERRY_CAUSE: 'Node-RED exited with status 1' },
		]);
	});

	it('does not run where nothing changed, nor at the beginning', async () => {
		const { hook, ran } = scene();
		hook.roleChanged('standby', 'came up', null);
		await hook.settled(5_000);
		expect(ran).toEqual([]);
		hook.roleChanged('active', 'first', 1);
		hook.roleChanged('active', 'again', 1);
		await hook.settled(5_000);
		expect(ran.map(({ variables }) => variables.FLOWFERRY_CAUSE)).toEqual(['first']);
	});

	it('starts when the takeover has what it needs of this process, and one command waits for the one before', async () => {
		let endFirst = () => {};
		const { hook, ran } = scene((count) => (count === 1 ? new Promise((resolve) => (endFirst = () => resolve({}))) : Promise.resolve({})));
		hook.roleChanged('active', 'one', 1);
		hook.roleChanged('standby', 'two', null);
		await sleep(50);
		expect(ran).toHaveLength(0);
		await sleep(150);
		expect(ran).toHaveLength(1);
		// Whoever ends the runner does not wait for ever.
		await hook.settled(50);
		expect(ran).toHaveLength(1);
		endFirst();
		await hook.settled(5_000);
		expect(ran).toHaveLength(2);
	});

	it("writes what it prints, and that it failed, into the instance's log, and goes on", async () => {
		const { hook, ran, logged } = scene(async (count) => (count === 1 ? { passed: false, how: 'exited with status 3' } : {}));
		hook.roleChanged('active', 'one', 1);
		hook.roleChanged('standby', 'two', null);
		await hook.settled(5_000);
		expect(ran).toHaveLength(2);
		expect(logged).toEqual([
			['hook roleChanged', { role: 'active', line: 'a line' }],
			['the hook roleChanged failed', { role: 'active', how: 'exited with status 3' }],
			['hook roleChanged', { role: 'standby', line: 'a line' }],
		]);
	});
});
