import { connectEngine, type Engine } from '../../src/lib/targets/docker/engine.ts';
import { findProgram } from './find-program.ts';

/** The machine's own Engine. */
export const connectMachineEngine = (): Promise<Engine> => connectEngine({ env: process.env });

const engineFault: string | undefined = await connectMachineEngine().then(
	(engine) => {
		engine.close();
		return undefined;
	},
	(error: Error) => error.message,
);

/**
 * `describe` for tests that need a Docker Engine. Where none answers they are skipped, loudly; with FLOWFERRY_REQUIRE_DOCKER set
 * to 1 they fail instead.
 */
export function describeWithDocker(name: string, tests: () => void): void {
	describeUnless(engineFault, name, tests);
}

/** `describe` for tests that start Engines of their own (`own-engine.ts`), for which this must be root on Linux. */
export function describeWithOwnEngine(name: string, tests: () => void): void {
	const missing = ['dockerd', 'containerd', 'ip', 'nsenter', 'openssl'].filter((program) => findProgram(program) === undefined);
	const root = process.getuid?.() === 0 && process.platform === 'linux';
	const why = root ? (missing.length > 0 ? `not installed: ${missing.join(', ')}` : engineFault) : 'this is not root on Linux';
	describeUnless(why, name, tests);
}

/** `describe` for tests whose hands reach the processes in containers, and that need an image with this machine's HAProxy. */
export function describeWithContainers(name: string, tests: () => void): void {
	const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
	const haproxy = findProgram('haproxy') === undefined ? 'not installed: haproxy' : undefined;
	describeUnless(isRoot ? (haproxy ?? engineFault) : 'this is not root on Linux', name, tests);
}

/** `describe` for tests that need another program besides. */
export function describeWithDockerAnd(program: string, name: string, tests: () => void): void {
	describeUnless(findProgram(program) === undefined ? `not installed: ${program}` : engineFault, name, tests);
}

function describeUnless(why: string | undefined, name: string, tests: () => void): void {
	if (why === undefined) {
		describe(name, tests);
	} else if (process.env.FLOWFERRY_REQUIRE_DOCKER === '1') {
		describe(name, () => {
			it('finds the Docker Engine that it needs', () => {
				throw new Error(why);
			});
		});
	} else {
		process.stderr.write(`\n!!! SKIPPED, ${why}: ${name}\n\n`);
		describe.skip(name, tests);
	}
}
