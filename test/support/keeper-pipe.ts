import { PassThrough } from 'node:stream';
import type { KeeperApi } from '../../src/lib/keeper/api.ts';
import { remoteKeeper } from '../../src/lib/keeper/remote.ts';
import { serveSession } from '../../src/lib/keeper/serve.ts';
import { openSession } from '../../src/lib/keeper/session.ts';

/** A keeper's parts by a session, as a command has them: what they are asked crosses two pipes. */
export function overPipe(api: Partial<KeeperApi>): { keeper: KeeperApi; close(): void } {
	const [calls, answers] = [new PassThrough(), new PassThrough()];
	const session = openSession(calls, answers, () => calls.end());
	void serveSession(Promise.resolve(api as KeeperApi), calls, answers);
	return { keeper: remoteKeeper(session.call), close: session.close };
}
