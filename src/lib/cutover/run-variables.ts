import { userFacing } from '../routers/listen-fault.ts';
import type { CutoverContext } from './context.ts';

/** Where a user's command reaches what it is run for, from where it runs. */
export interface RunAddresses {
	/** Of a new instance, past the router; null where none stands yet. */
	instance: string | null;
	/** Where users are served. */
	router: string;
}

/** What a user's command sees of the promotion that it is a part of; docs/guides/checks.md describes each. */
export function runVariables({ environment, kind, from, to }: CutoverContext, addresses: RunAddresses): Record<string, string> {
	return {
		FLOWFERRY_ENVIRONMENT: environment.name,
		FLOWFERRY_KIND: kind,
		FLOWFERRY_RELEASE: String(to.release.number),
		FLOWFERRY_SNAPSHOT: to.release.snapshot,
		FLOWFERRY_SLOT: to.slot,
		FLOWFERRY_URL: addresses.instance ?? '',
		FLOWFERRY_PREVIOUS_RELEASE: from ? String(from.release.number) : '',
		FLOWFERRY_PREVIOUS_SLOT: from?.slot ?? '',
		FLOWFERRY_GATEWAY_URL: addresses.router,
	};
}

/** As the router says, which may be on another machine; before it first runs, as the configuration says. */
export async function routerAddress({ environment, target }: CutoverContext): Promise<string> {
	const status = await target.router.status().catch(() => null);
	return status?.url ?? `http://${userFacing(environment.host)}:${environment.port}`;
}
