import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../demo/flowferry.ts';
import { createProjectFolder } from '../../demo/project.ts';
import { createContext } from '../../src/context.ts';
import { isGoneWithin } from '../../src/lib/adapters/process-identity.ts';
import { environmentOf } from '../../src/lib/config/environment-of.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Production } from '../place/place.ts';
import type { Active, Bed } from './bed.ts';
import type { BedSetting } from './bed-setting.ts';
import { watchDetection } from './detection.ts';
import { witnessFlows, witnessSettings } from './flows.ts';
import type { FlowferrySession, Session } from './kinds.ts';

const SETTLED_MS = 60_000;
const POLL_MS = 50;
/**
 * A runner starts a Node-RED that has ended so often ever more slowly, and a bench that ends it on purpose has it begin anew. Without a
 * spare already the second start would be slower, and that is what is measured.
 */
const endedOften = (session: Session) => (session === 'persistent-without-spare' ? 1 : 3);
/** Nothing that is left to do from before: heartbeats are regular again, and what was compiled late is compiled. */
const CALM_DOWN_MS = 500;

/** An environment of flowferry's own, as its built command line makes it. */
export async function makeFlowferryBed(
	session: FlowferrySession,
	place: Production,
	{ broker, cleanup, signal }: BedSetting,
): Promise<Bed> {
	const { folder, remove } = await createProjectFolder();
	cleanup.later('remove the project folder', remove);
	const production = {
		mode: 'hot-spare',
		instances: session === 'persistent-without-spare' ? 1 : 2,
		spare: session === 'ordinary' ? 'hot' : 'warm',
		settings: './settings.cjs',
		failOn: 'never',
		...place.keys,
	};
	await mkdir(join(folder, 'dev'));
	await writeFile(join(folder, 'settings.cjs'), witnessSettings);
	await writeFile(join(folder, 'dev', 'flows.json'), JSON.stringify(witnessFlows(session, { broker, name: session })));
	const config = join(folder, 'flowferry.yaml');
	// JSON is YAML.
	await writeFile(config, JSON.stringify({ dev: { userDir: 'dev' }, environments: { production } }));
	cleanup.later('take production down', () => place.takeDown(folder));
	await runCommand(folder, ['promote', 'production', '--yes'], 'read', signal);

	const context = await createContext(config);
	const environment = environmentOf(context.config);
	const target = await context.openTarget(environment);
	cleanup.later('close the state', async () => target.close());
	const statuses = async () => {
		const serving = (await target.journal.servingSlot()) ?? 'blue';
		return await Promise.all((await target.instances(serving)).map((instance) => instance.status()));
	};
	const isSpare = ({ state, following }: InstanceStatus, active: InstanceStatus) =>
		session === 'ordinary' ? following?.counted === true && following.instance === active.instance : state === 'standby';

	async function untilSettled(): Promise<{ active: InstanceStatus; spares: InstanceStatus[] }> {
		let found: (InstanceStatus | null)[] = [];
		for (const end = performance.now() + SETTLED_MS; performance.now() < end; await sleep(POLL_MS, undefined, { signal })) {
			found = await statuses();
			const active = found.find((status) => status?.state === 'active' && status.childPid !== null);
			const spares = found.filter((status) => status !== null && status !== active) as InstanceStatus[];
			if (active && spares.length === environment.instances - 1 && spares.every((spare) => isSpare(spare, active)))
				return { active, spares };
		}
		const states = found.map((status) => status && `${status.instance} ${status.state}`).join(', ');
		throw new Error(`it did not come to one active instance and its spares within ${SETTLED_MS} ms: ${states}`);
	}

	async function restart(tired: readonly InstanceStatus[]): Promise<void> {
		for (const status of tired) {
			const { runner } = await place.processesOf(status);
			if (runner === null) continue;
			process.kill(runner, 'SIGTERM');
			await isGoneWithin(runner, SETTLED_MS);
		}
		await runCommand(folder, ['up', 'production'], 'read', signal);
	}

	async function settled(): Promise<Active> {
		const { active, spares } = await untilSettled();
		const tired = [active, ...spares].filter(({ crashes }) => crashes >= endedOften(session));
		if (tired.length > 0) {
			await restart(tired);
			return await settled();
		}
		await sleep(CALM_DOWN_MS, undefined, { signal });
		const status = (await untilSettled()).active;
		if (status.url === null) throw new Error(`${status.instance} has no address`);
		const processes = await place.processesOf(status);
		return {
			instance: status.instance,
			processes,
			url: status.url,
			watchDetection: (kind, options) => watchDetection(kind, { target, status, nodeRed: processes.nodeRed }, options),
		};
	}

	return {
		session,
		name: session,
		store: place.stateFile && { file: await place.stateFile(environment.directory) },
		ttlMs: environment.lease.ttlMs,
		settled,
	};
}
