import { stateOf } from '../../../../src/lib/kubernetes/state/open-cluster-state.ts';
import { describeAuditLog } from '../../../support/audit-log-contract.ts';
import { describeDocuments } from '../../../support/documents-contract.ts';
import { describeFailoverStore } from '../../../support/failover-store-contract.ts';
import { describeJournal } from '../../../support/journal-contract.ts';
import { MemoryDocuments } from '../../../support/memory-documents.ts';
import { describePlanMemory } from '../../../support/plan-memory-contract.ts';

const close = () => undefined;
const now = () => new Date();

describeDocuments('documents in memory', async () => {
	const documents = new MemoryDocuments();
	return {
		store: {
			documents,
			addLease: async (name) => documents.set(`Lease memory/${name}`, null),
			remove: async (kind, name) => void documents.kept.delete(`${kind} memory/${name}`),
		},
		close,
	};
});

describeJournal('the journal in a document', async (clock) => ({ store: stateOf(new MemoryDocuments(), 'plant', clock).journal, close }));

describeFailoverStore('what instances share in documents', async (clock) => {
	const documents = new MemoryDocuments();
	for (const seat of ['active', 'active-0', 'active-1']) documents.set(`Lease memory/plant-${seat}`, null);
	return { store: stateOf(documents, 'plant', clock), close };
});

describeAuditLog('the audit in documents', async () => {
	const documents = new MemoryDocuments();
	return { store: async () => stateOf(documents, 'plant', now).audit, close };
});

describePlanMemory('the memory of plans in documents', async () => {
	const documents = new MemoryDocuments();
	return { store: async () => stateOf(documents, 'plant', now).plans, close };
});

it('does not make plans with a key that somebody has changed', async () => {
	const documents = new MemoryDocuments();
	documents.set('Secret memory/plant-plan-key', 'short');
	await expect(stateOf(documents, 'plant', now).plans.key()).rejects.toMatchObject({
		code: 'STATE_UNUSABLE',
		message: expect.not.stringContaining('short'),
	});
});
