import { captureBack } from '../../../src/lib/drift/capture-back.ts';
import { driftWarnings } from '../../../src/lib/drift/drift-warnings.ts';
import type { Running } from '../../../src/lib/drift/running.ts';
import { readRunning } from '../../../src/lib/drift/running.ts';
import type { FlowNode } from '../../../src/lib/flows/node.ts';
import { parseSnapshot, serialiseSnapshot } from '../../../src/lib/snapshot/snapshot-document.ts';
import type { InstanceStatus } from '../../../src/lib/targets/instance.ts';
import type { Target } from '../../../src/lib/targets/target.ts';
import { sampleFlows, sampleSnapshot } from '../../support/snapshots.ts';

const facts = { message: 'emergency', author: 'Ada', now: () => new Date(0) };
const promoted = sampleSnapshot();
const edited = sampleSnapshot('edited').content.flows;

function running(flows: readonly FlowNode[], more: Partial<Running> = {}, credentials: Running['loaded']['credentials'] = []): Running {
	return {
		environment: 'production',
		release: { number: 3, snapshot: promoted.id, created: '' },
		instance: 'blue/0',
		loaded: { flows: [...flows], rev: 'rev', credentials },
		unlike: [],
		...more,
	};
}
const password = [{ node: { id: 'b1', type: 'mqtt-broker', name: 'plant' }, names: ['password'] }];

describe('what runs, as a snapshot', () => {
	it("has the release's own id where nothing was changed, in whatever order it came", () => {
		const { snapshot, warnings } = captureBack(running([...promoted.content.flows].reverse()), promoted, facts);
		expect({ id: snapshot.id, warnings }).toEqual({ id: promoted.id, warnings: [] });
	});

	it("has the instance's flows, and all else of its release", () => {
		const { snapshot } = captureBack(running(edited), promoted, facts);
		expect(snapshot).toMatchObject({ id: sampleSnapshot('edited').id, message: 'emergency', time: '1970-01-01T00:00:00.000Z' });
		expect(snapshot.content).toEqual({ ...promoted.content, flows: edited });
		expect(snapshot.source).toEqual({ kind: 'environment', environment: 'production', release: 3, instance: 'blue/0' });
		expect(parseSnapshot(serialiseSnapshot(snapshot), 'a file')).toEqual(snapshot);
	});

	it('keeps the sealed credentials, and the marks of the nodes that are still there', () => {
		const mark = { names: ['password'], mark: 'ab' };
		const sealed = { ...promoted, content: { ...promoted.content, credentials: { n1: mark, gone: mark } }, sealed: 'age' };
		expect(captureBack(running(edited), sealed, facts).snapshot).toMatchObject({ content: { credentials: { n1: mark } }, sealed: 'age' });
		const none = captureBack(running(edited.filter(({ id }) => id !== 'n1')), sealed, facts).snapshot;
		expect([none.sealed, none.content.credentials]).toEqual([undefined, undefined]);
	});

	it('says what it does not take: credentials by their names, and what another instance runs', () => {
		const { warnings } = captureBack(running(edited, { unlike: ['blue/1'] }, password), promoted, facts);
		expect(warnings).toEqual([
			"credentials of mqtt-broker 'plant' (b1: password) were changed in place on blue/0, and no snapshot takes them from there: give them under environments.production.credentials",
			'blue/1 runs other flows than blue/0; these are those of blue/0',
		]);
	});
});

describe('a plan over what was changed in place', () => {
	const other = sampleSnapshot('other');

	it('says that it ends, and how to keep it', () => {
		const [warning, ...more] = driftWarnings(running(edited), promoted, other);
		expect(more).toEqual([]);
		expect(warning).toContain('the flows of release 3 were changed in place on blue/0');
		expect(warning).toContain('flowferry snapshot --from production');
	});

	it('says what ends it where the release itself is to be promoted, which does nothing', () => {
		const [warning] = driftWarnings(running(edited), promoted, promoted);
		expect(warning).toContain('`flowferry promote production --again` ends that');
	});

	it('says nothing where just that is promoted, or where only the order differs', () => {
		expect(driftWarnings(running([...edited].reverse()), promoted, sampleSnapshot('edited'))).toEqual([]);
		expect(driftWarnings(running([...promoted.content.flows].reverse()), promoted, other)).toEqual([]);
	});

	it('names credentials, whatever is promoted', () => {
		expect(driftWarnings(running(edited, {}, password), promoted, sampleSnapshot('edited'))).toEqual([
			expect.stringContaining('b1: password'),
		]);
	});
});

describe('whom it asks', () => {
	const instance = (name: string, rev: string, more: Partial<InstanceStatus>) => ({
		name,
		status: async () => ({ lease: { token: 1 }, agent: { rev }, ...more }),
		flows: async () => ({ flows: sampleFlows, rev, credentials: [] }),
	});
	const target = (...instances: object[]) =>
		({
			journal: { servingSlot: async () => 'blue', slots: async () => ({ blue: { number: 3 }, green: null }) },
			instances: async () => instances,
		}) as unknown as Target;

	it('is an active instance, of several one that was changed, and names those that differ from it', async () => {
		const three = [
			instance('blue/0', 'a', { drifted: false }),
			instance('blue/1', 'b', { drifted: true }),
			instance('blue/2', 'c', { drifted: true, lease: null }),
		];
		expect(await readRunning('production', target(...three), 1)).toMatchObject({
			instance: 'blue/1',
			unlike: ['blue/0'],
			loaded: { rev: 'b' },
		});
	});

	it('may not answer, which is no defect', async () => {
		const mute = { ...instance('blue/0', 'a', {}), flows: () => Promise.reject(new Error('no answer')) };
		await expect(readRunning('production', target(mute), 1)).rejects.toMatchObject({
			code: 'RUNNING_SILENT',
			exitStatus: 5,
			message: 'blue/0 of production does not tell what it runs: no answer',
		});
	});

	it('is nobody where none is active', async () => {
		await expect(readRunning('production', target(instance('blue/0', 'a', { lease: null })), 1)).rejects.toMatchObject({
			code: 'NOTHING_RUNS',
			exitStatus: 5,
		});
	});
});
