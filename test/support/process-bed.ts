import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isGoneWithin } from '../../src/lib/adapters/process-identity.ts';
import { environmentOf } from '../../src/lib/config/environment-of.ts';
import { parseConfig } from '../../src/lib/config/load.ts';
import { openSupply } from '../../src/lib/packages/supply.ts';
import { slotNames, slotOf } from '../../src/lib/promotion/journal.ts';
import { gatewayFiles } from '../../src/lib/routers/gateway/launch.ts';
import { readGatewayState } from '../../src/lib/routers/gateway/state-file.ts';
import { haproxyFiles } from '../../src/lib/routers/haproxy/haproxy-files.ts';
import { readHaproxyState } from '../../src/lib/routers/haproxy/state-file.ts';
import type { RouterKind } from '../../src/lib/routers/router.ts';
import type { RunnerAddress } from '../../src/lib/targets/instance.ts';
import { layoutOf } from '../../src/lib/targets/layout.ts';
import { ProcessTarget } from '../../src/lib/targets/process/process-target.ts';
import { freePort } from './gateway.ts';
import { findProcessesIn, startOf } from './processes.ts';
import { nodeRedFolder } from './project.ts';
import { sweep } from './secret-sweep.ts';
import type { TargetBed } from './target-bed.ts';
import { bedKeys, PASSPHRASE } from './target-bed.ts';
import { testVault } from './vault.ts';

/** Instances as processes of this machine, in a temporary folder. Linux only. */
export async function processBed(router: RouterKind = 'gateway'): Promise<TargetBed> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-target-'));
	const directory = join(folder, 'production');
	const production = { ...bedKeys, directory, router, port: await freePort() };
	const config = { dev: { userDir: 'dev' }, environments: { production } };
	const environment = environmentOf(parseConfig(JSON.stringify(config), 'flowferry.yaml', {}));
	const layout = layoutOf(directory);

	async function runnerOf(instance: string): Promise<number> {
		const { addressFile } = layout.instance(slotOf(instance), Number(instance.split('/')[1]));
		const { pid } = JSON.parse(await readFile(addressFile, 'utf8')) as RunnerAddress;
		// Never a stranger's: the number may have gone to another process since.
		const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
		if (!command.includes(addressFile)) throw new Error(`${pid} is not the runner of ${instance}: ${command}`);
		return pid;
	}
	async function signal(instance: string, name: NodeJS.Signals): Promise<number> {
		const pid = await runnerOf(instance);
		process.kill(pid, name);
		return pid;
	}
	async function endedBy(instance: string, name: NodeJS.Signals): Promise<void> {
		const pid = await signal(instance, name);
		if (!(await isGoneWithin(pid, 20_000))) throw new Error(`${instance} (${pid}) outlives ${name}`);
	}
	async function pids(instance?: string): Promise<number[]> {
		const found = await findProcessesIn(instance === undefined ? folder : join(layout.slots, instance));
		// This process has the environment's state open.
		return found.map((line) => Number.parseInt(line, 10)).filter((pid) => pid !== process.pid);
	}
	async function running(instance?: string): Promise<string[]> {
		const found = await Promise.all((await pids(instance)).map(async (pid) => ({ pid, started: await startOf(pid) })));
		return found
			.filter(({ started }) => started !== null)
			.map(({ pid, started }) => `process ${pid}, started at ${started}`)
			.toSorted();
	}

	const open: TargetBed['open'] = ({ environment: changes = {}, vault = testVault(PASSPHRASE) } = {}) =>
		ProcessTarget.open({
			environment: { ...environment, ...changes },
			nearbyNodeReds: [nodeRedFolder],
			packages: openSupply(join(folder, 'packages')),
			inherited: { PATH: process.env.PATH ?? '', HOME: folder },
			folder,
			secrets: () => [],
			vault,
		});

	return {
		environment,
		open,
		fetch: (path) => fetch(`http://127.0.0.1:${environment.port}${path}`),
		killRunner: (instance) => endedBy(instance, 'SIGKILL'),
		freezeRunner: async (instance) => {
			await signal(instance, 'SIGSTOP');
		},
		stopByHand: (instance) => endedBy(instance, 'SIGTERM'),
		killRouter: async () => {
			const state =
				router === 'gateway'
					? await readGatewayState(gatewayFiles(directory).stateFile)
					: await readHaproxyState(haproxyFiles(directory).stateFile);
			const pid = state?.pid as number;
			if (!(await pids()).includes(pid)) throw new Error(`${pid} is not the router of ${directory}`);
			process.kill(pid, 'SIGKILL');
			if (!(await isGoneWithin(pid, 5000))) throw new Error(`the router (${pid}) outlives SIGKILL`);
		},
		running,
		leftovers: async () => {
			const parts = [layout.slots, ...slotNames.map(layout.slot), layout.palettes];
			const entries = await Promise.all(parts.map(async (part) => (await namesIn(part)).map((name) => join(part, name))));
			// A palette is kept for the next release that has it; half a palette is not.
			const files = entries.flat().filter((path) => dirname(path) !== layout.palettes || path.endsWith('.unfinished'));
			return [...(await running()), ...files].toSorted();
		},
		secretsAtRest: async (texts) => (await sweep(folder, { secrets: texts, outputs: [] })).leaks,
		dispose: async () => {
			const target = await open();
			const failures = await Promise.allSettled([target.stopRouter(), ...slotNames.map((slot) => target.discard(slot))]);
			target.close();
			const left = await pids();
			for (const pid of left) process.kill(pid, 'SIGKILL');
			await rm(folder, { recursive: true });
			if (left.length > 0) throw new Error(`processes were left behind: ${left.join(', ')}`);
			for (const failure of failures) if (failure.status === 'rejected') throw failure.reason;
		},
	};
}

async function namesIn(folder: string): Promise<string[]> {
	return existsSync(folder) ? await readdir(folder) : [];
}
