import type { EnvironmentState } from '../../targets/environment-state.ts';
import type { Cluster } from '../cluster.ts';
import { namesOf } from '../names.ts';
import { clusterDocuments } from './cluster-documents.ts';
import type { Documents } from './document.ts';
import { DocumentAuditLog } from './document-audit-log.ts';
import { DocumentFailoverStore } from './document-failover-store.ts';
import { DocumentJournal } from './document-journal.ts';
import { DocumentPlanMemory } from './document-plan-memory.ts';
import type { JournalDocument } from './journal-document.ts';
import { JournalStore } from './journal-store.ts';

/** The key of the journal's ConfigMap. */
export const JOURNAL_KEY = 'journal.json';

/** All but the leases. */
export type ClusterState = Pick<EnvironmentState, 'journal' | 'failover' | 'audit' | 'plans'>;

/**
 * Opens what an environment remembers in its namespace; nothing is read or written yet.
 * @param prefix of all of its objects' names
 */
export function openClusterState(cluster: Cluster, prefix: string, now: () => Date): ClusterState {
	return stateOf(clusterDocuments(cluster, namesOf(prefix)), prefix, now);
}

/** As `openClusterState`, wherever the documents are. */
export function stateOf(documents: Documents, prefix: string, now: () => Date): ClusterState {
	const names = namesOf(prefix);
	const store = new JournalStore(documents.configMap(names.journal, JOURNAL_KEY));
	return {
		journal: new DocumentJournal(store, now),
		failover: new DocumentFailoverStore({ documents, names, journal: store, look: () => store.read(), now }),
		audit: new DocumentAuditLog(documents, names, now),
		plans: new DocumentPlanMemory(store, documents.secret(names.planKey, 'key')),
	};
}

/**
 * What the instances share, for those that look at it many times a second.
 * @param look the journal as a watch has it; where it throws, so does `intent`
 */
export function openWatchedFailover(cluster: Cluster, prefix: string, look: () => JournalDocument, now: () => Date): DocumentFailoverStore {
	const names = namesOf(prefix);
	const documents = clusterDocuments(cluster, names);
	const journal = new JournalStore(documents.configMap(names.journal, JOURNAL_KEY));
	return new DocumentFailoverStore({ documents, names, journal, look, now });
}
