import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cleanup } from '../../demo/cleanup.ts';
import { runCommand } from '../../demo/flowferry.ts';
import { createProjectFolder, findFreePort } from '../../demo/project.ts';
import { shutDown } from '../../demo/shut-down.ts';
import { createContext } from '../../src/context.ts';
import { isGoneWithin } from '../../src/lib/adapters/process-identity.ts';
import { environmentOf } from '../../src/lib/config/environment-of.ts';
import type { InstanceStatus } from '../../src/lib/targets/instance.ts';
import type { Target } from '../../src/lib/targets/target.ts';
import { nodeRedFolder } from '../../test/support/project.ts';
import { witnessFlows, witnessSettings } from './flows.ts';
import type { Session } from './kinds.ts';

/** An environment of its own, in which the flows run. */
export interface Bed {
	session: Session;
	/** Its topics, and its persistent session. */
	name: string;
	target: Target;
	stateFile: string;
	ttlMs: number;
	/** The instance whose Node-RED is this process now; null where none is. */
	instanceOf(pid: number): Promise<string | null>;
	/** Who is active, once everything is as it should be before a fault. */
	settled(): Promise<InstanceStatus>;
}

const SETTLED_MS = 60_000;
const POLL_MS = 50;
/**
 * A runner starts a Node-RED that has ended so often ever more slowly, and a bench that ends it on purpose has it begin anew. Without a
 * spare already the second start would be slower, and that is what is measured.
 */
const endedOften = (session: Session) => (session === 'persistent-without-spare' ? 1 : 3);
/** Nothing that is left to do from before: heartbeats are regular again, and what was compiled late is compiled. */
const CALM_DOWN_MS = 500;

export async function makeBed(
	session: Session,
	{ brokerPort, cleanup, signal }: { brokerPort: number; cleanup: Cleanup; signal: AbortSignal },
): Promise<Bed> {
	const { folder, remove } = await createProjectFolder();
	cleanup.later('remove the project folder', remove);
	const production = {
		mode: 'hot-spare',
		instances: session === 'persistent-without-spare' ? 1 : 2,
		spare: session === 'ordinary' ? 'hot' : 'warm',
		port: await findFreePort(),
		nodeRed: nodeRedFolder,
		settings: './settings.cjs',
		failOn: 'never',
	};
	await mkdir(join(folder, 'dev'));
	await writeFile(join(folder, 'settings.cjs'), witnessSettings);
	await writeFile(join(folder, 'dev', 'flows.json'), JSON.stringify(witnessFlows(session, { brokerPort, name: session })));
	const config = join(folder, 'flowferry.yaml');
	// JSON is YAML.
	await writeFile(config, JSON.stringify({ dev: { userDir: 'dev' }, environments: { production } }));
	cleanup.later('take production down', () => shutDown(folder));
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

	const bed: Bed = {
		session,
		name: session,
		target,
		stateFile: join(environment.directory, 'state.db'),
		ttlMs: environment.lease.ttlMs,
		instanceOf: async (pid) => (await statuses()).find((status) => status?.childPid === pid)?.instance ?? null,
		async settled() {
			const { active, spares } = await untilSettled();
			const tired = [active, ...spares].filter(({ crashes }) => crashes >= endedOften(session));
			if (tired.length === 0) {
				await sleep(CALM_DOWN_MS, undefined, { signal });
				return (await untilSettled()).active;
			}
			for (const { pid } of tired) {
				process.kill(pid, 'SIGTERM');
				await isGoneWithin(pid, SETTLED_MS);
			}
			await runCommand(folder, ['up', 'production'], 'read', signal);
			return await bed.settled();
		},
	};
	return bed;
}
