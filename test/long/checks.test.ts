import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { isAlive, isGoneWithin } from '../../src/lib/adapters/process-identity.ts';
import type { FlowNode } from '../../src/lib/flows/node.ts';
import type { Mosquitto } from '../support/mosquitto.ts';
import { describeWithMosquitto, startMosquitto } from '../support/mosquitto.ts';
import type { Project } from '../support/project.ts';
import { askVersion, createProject, node, versionFlows } from '../support/project.ts';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const PASSWORD = 'correct-horse-battery-staple';

describeWithMosquitto('checks, bake time and hooks', () => {
	let broker: Mosquitto;
	let project: Project;
	beforeAll(async () => {
		broker = await startMosquitto();
		project = await createProject({ failOn: 'never', credentials: { none: { password: PASSWORD } } });
	});
	afterAll(async () => {
		await project.remove();
		await broker.stop();
	});

	/** `/version`, and an answer on `plant/pong` to what comes on `plant/ping`: by `answer`, the code of a function. */
	const flows = (version: string, answer = 'return msg;'): FlowNode[] =>
		versionFlows(version, [
			{ id: 'b1', type: 'mqtt-broker', name: '', broker: '127.0.0.1', port: String(broker.port), clientid: '', cleansession: true },
			node('m1', 'mqtt in', { topic: 'plant/ping', qos: '1', broker: 'b1', datatype: 'utf8', wires: [['f1']] }),
			node('f1', 'function', { name: 'pong', func: answer, outputs: 1, wires: [['m2']] }),
			node('m2', 'mqtt out', { topic: 'plant/pong', qos: '1', broker: 'b1' }),
		]);
	const mqttCheck = () => ({ mqtt: broker.url, publish: 'plant/ping', expect: 'plant/pong', contains: '{id}' });

	/** Before the traffic moves, and not again. */
	const passesOnce = (name: string) => `test ! -e ${name} && touch ${name}`;

	/** Node-RED's process that serves release 2, in green. */
	let serving: number | null;

	/** It ends with status 4 and says the texts, and production is what it was, in the same process. @returns what was printed */
	async function expectUndone(texts: string[], keys: Record<string, unknown>, next: FlowNode[]): Promise<string> {
		await project.configure({ timeouts: { verifyMs: 3000 }, ...keys });
		await project.setFlows(next);
		const { status, stdout, stderr } = await project.cli('promote', '--yes');
		expect({ status, stderr }).toMatchObject({ status: 4 });
		for (const text of [...texts, 'Release 2 serves, as before.']) expect(stderr).toContain(text);
		expect(await askVersion(project)).toBe('v1');
		const { health, slots } = await project.status();
		expect(health).toEqual({ state: 'serving' });
		expect(slots[1]?.instances[0]?.status).toMatchObject({ state: 'active', childPid: serving });
		return stdout + stderr;
	}

	it('a first release that fails while it bakes serves on, for there is nothing to go back to: exit status 5', async () => {
		await project.configure({ checks: [{ command: passesOnce('first') }], bake: { forMs: 60_000, checkEveryMs: 100 } });
		await project.setFlows(flows('v0'));
		const { status, stderr } = await project.cli('promote', '--yes');
		expect({ status, stderr }).toMatchObject({ status: 5 });
		expect(stderr).toMatch(
			/release 1 did not stand its bake time: blue\/0: the check .*\nIt serves in production all the same: nothing served/,
		);
		expect(await askVersion(project)).toBe('v0');
	});

	it('let a release through that passes all of them, and show its progress', async () => {
		const sees = 'test "$FLOWFERRY_ENVIRONMENT $FLOWFERRY_RELEASE $FLOWFERRY_SLOT" = "production 2 green" && node ask.mjs';
		await writeFile(
			join(project.folder, 'ask.mjs'),
			"const answer = await fetch(process.env.FLOWFERRY_URL + '/version');\nprocess.exit((await answer.text()) === 'v1' ? 0 : 3);\n",
		);
		await project.configure({ checks: [mqttCheck(), { command: sees }, { http: '/version', contains: 'v1' }] });
		const result = await project.promote(flows('v1'));
		expect(result).toMatchObject({ outcome: 'promoted', baked: null, old: 'warm', progress: { errors: 0 } });
		expect(result.progress.received).toBeGreaterThan(0);
		serving = (await project.active()).childPid;
	});

	it('by MQTT: a wrong answer goes back', async () => {
		const wrong = flows('v2', "msg.payload = 'wrong';\nreturn msg;");
		await expectUndone(["message(s) came, none with '", "the last: 'wrong'"], { checks: [mqttCheck()] }, wrong);
	});

	it('by command: what it prints is shown, without secrets, and kept so', async () => {
		const printed = await expectUndone(
			["the check 'echo", 'exited with status 3', '  the password is ***'],
			{ checks: [{ command: `echo "the password is ${PASSWORD}" >&2; exit 3` }] },
			flows('v2'),
		);
		expect(printed).not.toContain(PASSWORD);
		expect((await project.cli('status', '--json')).stdout).not.toContain(PASSWORD);
	});

	it('a hook that fails goes back; the hooks of the end are told why', async () => {
		const printed = await expectUndone(
			['the hook before drain failed: it exited with status 7', '  not now'],
			{ hooks: { before: { drain: 'echo not now; exit 7' }, rolledBack: 'echo "$FLOWFERRY_OUTCOME: $FLOWFERRY_CAUSE" > told' } },
			flows('v2'),
		);
		expect(printed).toContain('hook before drain: not now');
		expect(await readFile(join(project.folder, 'told'), 'utf8')).toContain('rolled back: the hook before drain failed');
	});

	it('a hook that hangs is ended, with the processes that it started', async () => {
		await expectUndone(
			['the hook before prepare failed: it did not end within 700 ms and was ended'],
			{ hooks: { before: { prepare: 'sleep 600 & echo $! > pids; echo $$ >> pids; wait' } }, timeouts: { hookMs: 700 } },
			flows('v2'),
		);
		const pids = (await readFile(join(project.folder, 'pids'), 'utf8')).trim().split('\n').map(Number);
		expect(pids).toHaveLength(2);
		for (const pid of pids) expect(await isGoneWithin(pid, 5000)).toBe(true);
	});

	it('a release whose messages all fail, where the old one had no errors, goes back', async () => {
		const client = await connectAsync(broker.url);
		const timer = setInterval(() => client.publish('plant/ping', 'x', { qos: 1 }), 10);
		try {
			await untilReceived(200);
			await expectUndone(
				['it logged ', ' message(s); the old release had 0 for '],
				// The MQTT check takes a while, in which messages come.
				{ checks: [{ command: 'sleep 1' }], errorRate: { factor: 5, minimum: 10 } },
				flows('v2', "throw new Error('no');"),
			);
		} finally {
			clearInterval(timer);
			await client.endAsync();
		}
	});

	async function untilReceived(count: number): Promise<void> {
		const end = performance.now() + 30_000;
		while (((await project.active()).agent?.received ?? 0) < count) {
			if (performance.now() > end) throw new Error('no traffic');
		}
	}

	it('a release that fails while it bakes is left for the warm one, though that fails the check, too', async () => {
		await project.configure({
			checks: [{ command: passesOnce('later') }],
			bake: { forMs: 60_000, checkEveryMs: 100 },
			hooks: { rolledBack: 'echo "$FLOWFERRY_RELEASE because $FLOWFERRY_CAUSE" > told' },
		});
		await project.setFlows(flows('v2'));
		const { status, stderr } = await project.cli('promote', '--yes');
		expect({ status, stderr }).toMatchObject({ status: 4 });
		expect(stderr).toMatch(/release \d+ served in production, but did not stand its bake time: blue\/0: the check 'test/);
		expect(stderr).toContain('Release 2 serves again.');
		expect(await askVersion(project)).toBe('v1');
		const { health, history, slots } = await project.status();
		expect(health).toEqual({ state: 'serving' });
		expect(history[0]).toMatchObject({ kind: 'rollback', state: { kind: 'baking' }, because: expect.stringContaining("the check 'test") });
		expect(slots[0]?.instances[0]?.status?.state).toBe('standby');
		expect(await readFile(join(project.folder, 'told'), 'utf8')).toMatch(/^2 because blue\/0: the check/);
	});

	it.each(['SIGINT', 'SIGKILL'] as const)('%s in the bake time leaves the new release serving, and the old one warm', async (signal) => {
		const version = `v-${signal}`;
		await project.configure({ bake: { forMs: 600_000, checkEveryMs: 100 } });
		await project.setFlows(flows(version));
		const child = spawn(process.execPath, [program, 'promote', '--yes'], {
			cwd: project.folder,
			env: { PATH: process.env.PATH, HOME: project.folder, NO_COLOR: '1' },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let printed = '';
		for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (printed += chunk));
		const ended = once(child, 'close');
		while (!printed.includes('baking: round 1 passed') && child.exitCode === null) await sleep(50);
		child.kill(signal);
		expect((await ended)[0]).toBe(signal === 'SIGINT' ? 0 : null);
		if (signal === 'SIGINT') {
			expect(printed).toContain('interrupted: it is no longer watched; the new release serves on.');
			expect(printed).toContain('the bake time was ended early: interrupted by SIGINT');
		}
		expect(await askVersion(project)).toBe(version);
		const { health, promotion, slots } = await project.status();
		expect({ health, promotion }).toEqual({ health: { state: 'serving' }, promotion: null });
		expect(slots.map(({ instances }) => instances[0]?.status?.state).sort()).toEqual(['active', 'standby']);
	});

	it('a release that stands its bake time may end the old one, and a rollback starts that anew', async () => {
		await project.configure({ checks: [{ http: '/version' }], bake: { forMs: 500, checkEveryMs: 200 } });
		await project.setFlows(flows('v3'));
		const { childPid } = await project.active();
		const promoted = await project.cli('promote', '--yes', '--json', '--keep', 'none');
		expect({ status: promoted.status, stderr: promoted.stderr }).toEqual({ status: 0, stderr: '' });
		expect(promoted.json()).toMatchObject({ outcome: 'promoted', old: 'retired', baked: { outcome: 'passed', reason: null } });
		expect(promoted.json().baked.rounds).toBeGreaterThanOrEqual(2);
		expect(isAlive(childPid as number)).toBe(false);
		const { health, slots, history } = await project.status();
		expect(health).toEqual({ state: 'serving' });
		expect(slots.filter(({ release }) => release === null)).toMatchObject([{ instances: [] }]);
		expect(history[0]?.state).toEqual({ kind: 'retired' });
		const back = await project.cli('rollback', '--yes', '--json');
		expect(back.json()).toMatchObject({ outcome: 'rolled-back', old: 'warm' });
		expect(await askVersion(project)).toBe('v-SIGKILL');
	});
});
