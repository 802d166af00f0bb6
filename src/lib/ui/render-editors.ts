import type { OpenEditor } from '../drift/editors.ts';
import type { Theme } from './theme.ts';

/** Where the editors are, and how to get there. */
export function renderEditors(environment: string, access: 'read-only' | 'edit', editors: readonly OpenEditor[], theme: Theme): string {
	const lines = editors.map(
		({ instance, url, drifted }) =>
			`${instance.padEnd(8)} ${theme.strong(url)}  ${access}${drifted ? `  ${theme.warning('! changed in place')}` : ''}`,
	);
	const port = new URL(editors[0]?.url ?? 'http://127.0.0.1').port;
	lines.push(`  from another machine: ssh -L ${port}:127.0.0.1:${port} <this one>, then the same address there`);
	if (access === 'edit') {
		const which = editors.length > 1 ? 'Each has its own flows: a deploy changes that one alone. It' : 'A deploy';
		lines.push(`  ${which} lasts until that Node-RED ends: flowferry snapshot --from ${environment} keeps it`);
	}
	return lines.join('\n');
}
