import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what must come; the limit only ends a test that fails. */
export async function until(happened: () => Promise<boolean> | boolean, what: string, limitMs = 20_000): Promise<void> {
	const end = performance.now() + limitMs;
	while (!(await happened())) {
		if (performance.now() > end) throw new Error(`did not happen: ${what}`);
		await sleep(20);
	}
}

export const runs = (pid: number | null) => pid !== null && existsSync(`/proc/${pid}/exe`);
