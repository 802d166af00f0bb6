import type { EditorAccess } from './protocol.ts';

/** What somebody who is signed in may do, as Node-RED checks it (`@node-red/editor-api`, `needsPermission`). */
const MAY_READ = ['flows', 'nodes', 'settings', 'context', 'library', 'status', 'plugins', 'diagnostics', 'debug'].map(
	(what) => `${what}.read`,
);
/** The palette is not among it: modules are what was promoted. */
const MAY_EDIT = [...MAY_READ, 'credentials.read', 'flows.write', 'inject.write', 'debug.write', 'context.write', 'settings.write'];

export const permissionsOf = (access: EditorAccess): string[] => (access === 'edit' ? MAY_EDIT : MAY_READ);

/** What becomes of a request to Node-RED's admin API. */
export type Verdict =
	| { kind: 'passes' }
	/** It makes Node-RED stop and start flows. */
	| { kind: 'deploys' }
	/** Answered in Node-RED's place. */
	| { kind: 'answered'; status: number; body: object };

/**
 * Beside Node-RED's own permissions, which nodes need not ask for. Pure.
 * @param path below the editor's root; Node-RED matches paths without regard to case
 * @param works the instance is active, and no cutover is under way
 */
export function judge(method: string, path: string, access: EditorAccess, works: boolean): Verdict {
	// Node-RED's editor asks for it with each node that is opened; an empty answer stands for 'none to be seen'.
	if (access === 'read-only' && /^\/credentials\//i.test(path)) return { kind: 'answered', status: 200, body: {} };
	if (['GET', 'HEAD', 'OPTIONS'].includes(method) || /^\/auth\/(token|revoke)\/?$/i.test(path)) return { kind: 'passes' };
	if (access === 'read-only') return refusal(403, 'read_only', 'this editor is read-only: change the flows in dev, and promote them');
	if (/^\/flows\/state\/?$/i.test(path))
		return refusal(403, 'not_allowed', 'flowferry starts and stops the flows: flowferry status, switchover, down and up');
	if (!works)
		return refusal(
			409,
			'not_active',
			'this instance is not active, or a promotion is under way: flowferry status and flowferry editor tell more',
		);
	return /^\/flows?(\/|$)/i.test(path) ? { kind: 'deploys' } : { kind: 'passes' };
}

function refusal(status: number, code: string, message: string): Verdict {
	return { kind: 'answered', status, body: { code, message } };
}
