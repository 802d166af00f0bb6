import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what must come; the limit only ends a test that fails: where a look that began after it does not see it, however long looks take. */
export async function until(happened: () => Promise<boolean> | boolean, what: string, limitMs = 20_000): Promise<void> {
	const end = performance.now() + limitMs;
	for (; ; await sleep(20)) {
		const lookedAt = performance.now();
		if (await happened()) return;
		if (lookedAt > end) throw new Error(`did not happen: ${what}`);
	}
}

export const runs = (pid: number | null) => pid !== null && existsSync(`/proc/${pid}/exe`);
