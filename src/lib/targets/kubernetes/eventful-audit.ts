import { randomBytes } from 'node:crypto';
import type { AuditDraft, AuditLog } from '../../audit/audit-log.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { labelsOf, type Names } from '../../kubernetes/names.ts';
import { openEnvironmentState } from '../environment-state.ts';

/**
 * An audit log of which each entry is an Event of the environment's Service as well: `kubectl describe service`, `kubectl get events`. Events
 * are for people to see, and gone after an hour; one that cannot be written stops nothing.
 */
export function eventfulAudit(audit: AuditLog, cluster: Cluster, names: Names): AuditLog {
	return {
		read: (after) => audit.read(after),
		append: async (draft) => {
			const entry = await audit.append(draft);
			await tell(cluster, names, draft).catch(() => {});
			return entry;
		},
	};
}

/** Of an environment that has been removed nothing is kept any more, the end of its removal neither. */
export function untilRemoved(audit: AuditLog, isRemoved: () => boolean): AuditLog {
	return {
		read: (after) => audit.read(after),
		append: async (draft) => {
			if (!isRemoved()) return await audit.append(draft);
			const nowhere = openEnvironmentState(':memory:');
			return await nowhere.audit.append(draft).finally(() => nowhere.close());
		},
	};
}

async function tell({ core, namespace }: Cluster, names: Names, draft: AuditDraft): Promise<void> {
	const now = new Date();
	const { type, message } = wordsOf(draft);
	await core.createNamespacedEvent({
		namespace,
		body: {
			metadata: {
				name: `${names.service}.${now.getTime().toString(16)}${randomBytes(3).toString('hex')}`,
				labels: labelsOf(names, 'state'),
			},
			involvedObject: { apiVersion: 'v1', kind: 'Service', name: names.service, namespace },
			reason: reasonOf(draft.action),
			message,
			type,
			source: { component: 'flowferry' },
			firstTimestamp: now,
			lastTimestamp: now,
			count: 1,
		},
	});
}

/** `FailoverPause` of `failover pause`: reasons are single words. */
function reasonOf(action: string): string {
	return action.replaceAll(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** What is done, to which release or snapshot, by whom. Pure. */
function wordsOf({ action, who, subject, event }: AuditDraft): { type: 'Normal' | 'Warning'; message: string } {
	const what = [
		action,
		...(subject.release === null ? [] : [`of release ${subject.release}`]),
		...(subject.snapshot === null ? [] : [`(snapshot ${subject.snapshot.slice(0, 12)})`]),
		`by ${who.identity}`,
	].join(' ');
	switch (event.kind) {
		case 'refused':
			return { type: 'Warning', message: `${what} was refused: ${event.reason}` };
		case 'ended': {
			const isWell = event.outcome === 'done' || event.outcome === 'paused';
			return {
				type: isWell ? 'Normal' : 'Warning',
				message: `${what}: ${event.outcome}${event.reason === null ? '' : `, ${event.reason}`}`,
			};
		}
		default:
			return { type: 'Normal', message: event.kind === 'begun' ? `${what} has begun` : what };
	}
}
