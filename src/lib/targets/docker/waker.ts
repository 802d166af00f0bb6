import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { programPath } from '../../adapters/package-root.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { Containers } from './containers.ts';
import { connectEngine, type Engine } from './engine.ts';
import type { EngineChoice } from './find-engine.ts';

/** A network that a container is in, and its names there. */
export interface Membership {
	network: string;
	aliases: string[];
}

/** What is to be done with a container. */
export type Waking = { container: string; unpause: true } | { container: string; connect: Membership[] };

/** All that the waker's process is told; its environment is empty. */
interface Task {
	engine: EngineChoice;
	waking: Waking;
}

const READY = 'ready';
const DONE = 'done';

/**
 * Starts a process of its own that does something with a container later: when it is told to, and also where this process is killed before.
 * What it needs to reach the engine it gets through a pipe: no list of processes shows it.
 * @returns has it done, and resolves when it is; idempotent
 * @throws FlowferryError WAKER_FAILED, before anything is done; what is returned, too
 */
export async function startWaker(engine: Engine, waking: Waking): Promise<() => Promise<void>> {
	const waker = spawn(process.execPath, [programPath('waker')], { detached: true, env: {}, stdio: ['pipe', 'pipe', 'ignore'] });
	await once(waker, 'spawn');
	const lines: string[] = [];
	const output = createInterface({ input: waker.stdout });
	const ended = once(output, 'close');
	output.on('line', (line) => lines.push(line));
	// One that has ended has said why.
	waker.stdin.on('error', () => {});
	waker.stdin.write(`${JSON.stringify({ engine: engine.choice, waking } satisfies Task)}\n`);
	await Promise.race([once(output, 'line'), ended]);
	if (lines[0] !== READY) throw failed(waking, lines);
	return async () => {
		waker.stdin.end();
		await ended;
		if (lines.at(-1) !== DONE) throw failed(waking, lines);
	};
}

function failed({ container }: Waking, lines: readonly string[]): FlowferryError {
	return new FlowferryError({
		code: 'WAKER_FAILED',
		message: `the process that is to take back what is done to ${container} failed: ${lines.at(-1) ?? 'it ended'}`,
		hint: `look at the container: docker inspect ${container}; docker unpause and docker network connect bring it back`,
	});
}

/** The waker's own side. @returns its exit status */
export async function standByToWake(input: Readable, output: Writable): Promise<number> {
	const lines = createInterface({ input })[Symbol.asyncIterator]();
	try {
		const first = await lines.next();
		if (first.done) return 0;
		const { engine: choice, waking } = JSON.parse(first.value) as Task;
		const engine = await connectEngine(choice);
		output.write(`${READY}\n`);
		while (!(await lines.next()).done) {
			// Until the input ends.
		}
		await wake(new Containers(engine), waking);
		engine.close();
		output.write(`${DONE}\n`);
		return 0;
	} catch (error) {
		output.write(`${(error as Error).message.replaceAll('\n', ' ')}\n`);
		return 1;
	}
}

async function wake(containers: Containers, waking: Waking): Promise<void> {
	if ('unpause' in waking) return await containers.unpause(waking.container);
	for (const { network, aliases } of waking.connect) await containers.connect(network, waking.container, aliases);
}
