import type { AuditDraft } from '../../src/lib/audit/audit-log.ts';
import type { Actor } from '../../src/lib/protection/actor.ts';

export const jane: Actor = { identity: 'Jane <jane@plant.example>', source: 'git', operator: 'jane@pc (pid 1)', job: null };
export const joe: Actor = { identity: 'github:joe', source: 'ci', operator: 'runner@ci (pid 2)', job: 'https://ci.example/1' };

export const draft = (more: Partial<AuditDraft> = {}): AuditDraft => ({
	action: 'promote',
	who: jane,
	subject: { snapshot: 'a'.repeat(64), release: null, plan: null, override: null },
	event: { kind: 'begun' },
	...more,
});
