import type { KeeperApi } from './api.ts';
import { effects } from './api.ts';

/** Makes a call of a keeper's. */
export type CallKeeper = (part: string, call: string, args: unknown[]) => Promise<unknown>;

/** A keeper's parts as they would be here. */
export function remoteKeeper(call: CallKeeper): KeeperApi {
	const part = (name: keyof KeeperApi) =>
		Object.fromEntries(Object.keys(effects[name]).map((method) => [method, (...args: unknown[]) => call(name, method, withoutTail(args))]));
	return Object.fromEntries(Object.keys(effects).map((name) => [name, part(name as keyof KeeperApi)])) as unknown as KeeperApi;
}

/** What was left out must not arrive as a null. */
function withoutTail(args: unknown[]): unknown[] {
	return args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1);
}
