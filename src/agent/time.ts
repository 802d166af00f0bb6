export function sleep(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

/** By the host's clock, this process's own began here; that one is cheap enough to be read before every message. */
const PROCESS_BEGAN_MS = processBeganMs();

/** Read one after the other, and again: a process that stands still in between would take the host's clock to be behind for ever. */
function processBeganMs(): number {
	const readings = Array.from({ length: 5 }, () => Number(process.hrtime.bigint()) / 1e6 - performance.now());
	return Math.max(...readings);
}

let offsetMs = 0;

/** Has the clock be ahead of the host's by so much, as its runner's is: to be called before anybody reads it. */
export function shiftClock(ms: number): void {
	offsetMs = ms;
}

/** The runner's clock: the host's monotonic one, which all processes of a machine share, or one that so many milliseconds are ahead of it. */
export function monotonicMs(): number {
	return PROCESS_BEGAN_MS + performance.now() + offsetMs;
}

/** True where the work ended in time, false where it goes on unattended. */
export async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<false>((resolve) => {
		timer = setTimeout(() => resolve(false), Math.max(0, ms));
	});
	const done = work.then(() => true as const);
	try {
		return await Promise.race([done, late]);
	} finally {
		clearTimeout(timer);
	}
}

/** Two turns of the event loop: in between, all channels have been read. */
export async function readNews(): Promise<void> {
	for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
