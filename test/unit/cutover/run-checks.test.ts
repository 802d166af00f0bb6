import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { UserCommand, UserCommandResult } from '../../../src/lib/adapters/user-command.ts';
import type { Check } from '../../../src/lib/config/safeguards.ts';
import { runChecks } from '../../../src/lib/cutover/checks/run-checks.ts';

describe('checks', () => {
	let server: Server;
	let asked = 0;
	/** Answers 503 twice, then `ok`; `/stalls` answers once and then never. */
	beforeAll(async () => {
		server = createServer((request, response) => {
			asked++;
			if (request.url === '/stalls' && asked > 1) return;
			response.statusCode = asked > 2 ? 200 : 503;
			response.end('all is ok');
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
	});
	beforeEach(() => {
		asked = 0;
	});
	afterAll(() => {
		server.closeAllConnections();
		server.close();
	});

	const commands: UserCommand[] = [];
	/** By what the command says: `pass`, `fail`, or `hang` until it is ended. */
	async function run(command: UserCommand): Promise<UserCommandResult> {
		commands.push(command);
		if (command.command === 'hang') await new Promise((resolve) => command.signal?.addEventListener('abort', resolve));
		return { passed: command.command === 'pass', how: 'exited with status 1', lastLines: ['a', 'b'] };
	}
	function check(checks: Check[], timeoutMs = 20_000): Promise<void> {
		const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
		const instances = ['green/0', 'green/1'].map((instance) => ({ instance, url, variables: { FLOWFERRY_SLOT: 'green' } }));
		return runChecks(
			checks,
			checks.some((one) => 'http' in one && one.http === '/stalls') ? instances.slice(0, 1) : instances,
			run,
			timeoutMs,
		);
	}

	it('by HTTP are tried again until the answer is as expected', async () => {
		await check([{ http: '/health', status: 200, contains: 'ok' }]);
		expect(asked).toBeGreaterThan(2);
	});

	it('by HTTP say what the last answer was, not that the time was over', async () => {
		await expect(check([{ http: '/stalls', status: 200 }], 400)).rejects.toThrow(
			/: the check of \/stalls failed: status 503 instead of 200$/,
		);
	});

	it('by command run once for each instance, with its variables', async () => {
		commands.length = 0;
		await check([{ command: 'pass' }]);
		expect(commands.map(({ variables }) => variables)).toEqual([{ FLOWFERRY_SLOT: 'green' }, { FLOWFERRY_SLOT: 'green' }]);
		await expect(check([{ command: 'fail' }])).rejects.toThrow("green/0: the check 'fail' failed: exited with status 1\n  a\n  b");
	});

	it('end with the first that fails', async () => {
		await expect(check([{ command: 'hang' }, { http: '/health', status: 418 }, { command: 'fail' }], 600_000)).rejects.toThrow(
			"'fail' failed",
		);
	});
});
