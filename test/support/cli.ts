import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface CliResult {
	status: number | null;
	stdout: string;
	stderr: string;
	/** The JSON on stdout; throws where it is none. */
	json(): ReturnType<typeof JSON.parse>;
}

export interface CliOptions {
	cwd: string;
	/** Added to a small environment: PATH, a HOME that holds nothing, and the way to the npm registry. */
	env?: Record<string, string>;
	/** Written to stdin, which then ends. */
	input?: string;
	/** One that takes longer is killed, in milliseconds; default: none is. */
	limitMs?: number;
}

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** This machine's way to the npm registry. */
const networkEnvironment = Object.fromEntries(
	Object.entries(process.env).filter(([name]) =>
		/^(NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|no)_proxy|npm_config_(registry|userconfig|cafile))$/i.test(name),
	),
);

/** Runs the built program as a user would, without a terminal. Build first: `npm run build`. */
export function runCli(args: string[], options: CliOptions): Promise<CliResult> {
	const env = { ...networkEnvironment, PATH: process.env.PATH, HOME: '/nonexistent', NO_COLOR: '1', ...options.env };
	const limit = { timeout: options.limitMs, killSignal: 'SIGKILL' } as const;
	const child = spawn(process.execPath, [program, ...args], { cwd: options.cwd, env, stdio: 'pipe', ...limit });
	const output = { stdout: '', stderr: '' };
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output.stdout += chunk));
	child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output.stderr += chunk));
	child.stdin.on('error', () => undefined).end(options.input ?? '');
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (status) => resolve({ status, ...output, json: () => parse(output) }));
	});
}

function parse({ stdout, stderr }: { stdout: string; stderr: string }): ReturnType<typeof JSON.parse> {
	try {
		return JSON.parse(stdout);
	} catch {
		throw new Error(`no JSON on stdout: '${stdout}', stderr: '${stderr}'`);
	}
}
