import { atEnvironment } from './at-environment.ts';
import type { Context } from './context.ts';
import { nearest } from './lib/config/nearest.ts';
import { nothingServes } from './lib/cutover/promotion-errors.ts';
import { captureBack } from './lib/drift/capture-back.ts';
import { type Running, readRunning } from './lib/drift/running.ts';
import { FlowferryError } from './lib/errors/flowferry-error.ts';
import { servingRelease } from './lib/promotion/serving.ts';
import type { Capture } from './lib/snapshot/capture.ts';
import type { ComparedSide } from './lib/snapshot/compared-side.ts';
import type { Snapshot } from './lib/snapshot/snapshot.ts';

export interface ComparedSnapshot {
	side: ComparedSide;
	snapshot: Snapshot;
	/** What the snapshot could not hold, as sentences. */
	warnings: string[];
}

/** What an environment really runs, where a snapshot is asked for. */
export function runningIn(environment: string): string {
	return `${environment}:running`;
}

/** The dev Node-RED's name where a snapshot is asked for, unless an environment is called so. */
export const DEV = 'dev';

/**
 * The snapshot that a name means: an environment's is its release's, `<environment>:running` what an active instance really has loaded,
 * `dev` the dev Node-RED as it is now, anything else the stored snapshot of that id or tag. Nothing is stored.
 * @throws FlowferryError NOTHING_SERVES, NOTHING_RUNS, SNAPSHOT_NAME_UNKNOWN, and as `SnapshotStore.get` and `captureSnapshot`
 */
export async function findSnapshot(context: Context, name: string): Promise<ComparedSnapshot> {
	const environments = Object.keys(context.config.environments);
	if (environments.includes(name)) return await findServing(context, name);
	const running = environments.find((environment) => name === runningIn(environment));
	if (running !== undefined) return await findRunning(context, running);
	if (name === DEV) {
		const { snapshot, warnings } = await context.capture('');
		return { side: { kind: 'dev', snapshot: snapshot.id }, snapshot, warnings };
	}
	const snapshot = await context.snapshots.get(/^[0-9a-f]+$/i.test(name) ? name : await idOfTag(context, name, environments));
	return { side: { kind: 'stored', snapshot: snapshot.id }, snapshot, warnings: [] };
}

async function idOfTag({ snapshots }: Context, name: string, environments: readonly string[]): Promise<string> {
	const tags = await snapshots.tags();
	const id = tags.get(name);
	if (id === undefined) throw unknownName(name, environments, [...tags.keys()]);
	return id;
}

async function findServing(context: Context, name: string): Promise<ComparedSnapshot> {
	const serving = await atEnvironment(context, name, servingRelease);
	if (!serving) throw nothingServes(name);
	const { number: release, snapshot: id } = serving.release;
	const snapshot = await context.snapshots.get(id);
	return { side: { kind: 'environment', environment: name, release, snapshot: snapshot.id }, snapshot, warnings: [] };
}

async function findRunning(context: Context, name: string): Promise<ComparedSnapshot> {
	const { running, snapshot, warnings } = await captureRunning(context, name, '');
	const { environment, release, instance } = running;
	return { side: { kind: 'running', environment, release: release.number, instance, snapshot: snapshot.id }, snapshot, warnings };
}

/** What an environment runs, as a snapshot that is not stored. @throws FlowferryError NOTHING_SERVES, NOTHING_RUNS */
export async function captureRunning(context: Context, name: string, message: string): Promise<Capture & { running: Running }> {
	const running = await atEnvironment(context, name, (target, { timeouts }) => readRunning(name, target, timeouts.contextMs));
	const promoted = await context.snapshots.get(running.release.snapshot);
	return { running, ...captureBack(running, promoted, { message, author: await context.author(), now: context.now }) };
}

function unknownName(name: string, environments: readonly string[], tags: readonly string[]): FlowferryError {
	const meant = nearest(name, [...environments, DEV, ...tags]);
	return new FlowferryError({
		code: 'SNAPSHOT_NAME_UNKNOWN',
		message: `${name} is neither the id or tag of a snapshot nor an environment; the configuration has ${environments.join(', ')}`,
		hint: meant === undefined ? 'See the ids with `flowferry snapshot list`.' : `Did you mean ${meant}?`,
	});
}
