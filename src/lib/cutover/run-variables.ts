import type { CutoverContext } from './context.ts';

/** What a user's command sees of the promotion that it is a part of; docs/guides/checks.md describes each. */
export function runVariables({ environment, kind, from, to }: CutoverContext, url: string | null): Record<string, string> {
	return {
		FLOWFERRY_ENVIRONMENT: environment.name,
		FLOWFERRY_KIND: kind,
		FLOWFERRY_RELEASE: String(to.release.number),
		FLOWFERRY_SNAPSHOT: to.release.snapshot,
		FLOWFERRY_SLOT: to.slot,
		FLOWFERRY_URL: url ?? '',
		FLOWFERRY_PREVIOUS_RELEASE: from ? String(from.release.number) : '',
		FLOWFERRY_PREVIOUS_SLOT: from?.slot ?? '',
		FLOWFERRY_GATEWAY_URL: `http://${reachable(environment.host)}:${environment.port}`,
	};
}

/** Where one serves on all addresses, this machine reaches it by its own name. */
function reachable(host: string): string {
	if (host === '0.0.0.0' || host === '::') return 'localhost';
	return host.includes(':') ? `[${host}]` : host;
}
