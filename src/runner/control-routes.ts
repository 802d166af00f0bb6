import type { ControlRoutes } from '../lib/control/server.ts';
import type { CutOrder } from '../lib/targets/instance.ts';
import type { Runner } from './runner.ts';

/** Context as base64: `context.maxBytes` is at most 256 MiB, and a string of Node.js holds not much more than this. */
const MAX_CONTEXT_BODY_BYTES = 400 * 1024 * 1024;
/** What the agent answers from memory. */
const ANSWER_MS = 2000;

/** The control calls that a runner answers, by method and path; bodies are as `RunnerInstance` sends them. */
export function controlRoutes(runner: Runner): ControlRoutes {
	return {
		'GET /status': async () => runner.status(),
		'POST /validate': (body) => runner.validate((body as { timeoutMs: number }).timeoutMs),
		'POST /gate': (body) => runner.gate((body as { timeoutMs: number }).timeoutMs),
		'POST /listen': (body) => {
			const { topic, timeoutMs, follow = false } = body as { topic: string; timeoutMs: number; follow?: boolean };
			return runner.ask('listen', { topic, timeoutMs, follow }, timeoutMs + ANSWER_MS);
		},
		'POST /sentinel': (body) => runner.ask('sendSentinel', { sentinel: (body as { sentinel: number }).sentinel }, ANSWER_MS),
		'POST /streams': () => runner.ask('streams', {}, ANSWER_MS),
		'POST /confirm': async (body) => {
			const { holder, forMs } = body as { holder: string; forMs: number };
			return { confirmed: runner.confirm(holder, forMs) };
		},
		'POST /position': async () => ({ position: runner.position }),
		'POST /activate': async (body) => {
			const { timeoutMs, order } = body as { timeoutMs: number; order?: CutOrder };
			return { gate: await runner.activate(timeoutMs, order) };
		},
		'POST /quiesce': (body) => runner.quiesce((body as { timeoutMs: number }).timeoutMs),
		'POST /drain': (body) => runner.drain((body as { deadlineMs: number }).deadlineMs),
		'POST /flows': (body) => runner.ask('flows', {}, (body as { timeoutMs: number }).timeoutMs),
		'POST /progress': (body) => runner.ask('progress', {}, (body as { timeoutMs: number }).timeoutMs),
		'POST /context/export': (body) => {
			const { except, maxBytes, timeoutMs } = body as { except: string[]; maxBytes: number; timeoutMs: number };
			return runner.exportContext({ except, maxBytes }, timeoutMs);
		},
		'POST /context/import': {
			maxBodyBytes: MAX_CONTEXT_BODY_BYTES,
			handle: (body) => {
				const { values, timeoutMs } = body as { values: string; timeoutMs: number };
				return runner.importContext(values, timeoutMs);
			},
		},
		'POST /resign': (body) => runner.resign((body as { detail: string }).detail),
		'POST /demote': (body) => {
			const { handOverTo, timeoutMs } = body as { handOverTo: string | null; timeoutMs: number };
			return runner.demote(handOverTo, timeoutMs);
		},
	};
}
