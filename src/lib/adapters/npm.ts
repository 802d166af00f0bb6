import { execa } from 'execa';
import { ExitStatus } from '../errors/exit-status.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';

/** What npm prints of a registry that does not answer, or whose certificate is not trusted. */
const NETWORK = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|EHOSTUNREACH|ENETUNREACH|\w*CERT\w*)\b/;

/** Quiet, and without what a production install has no use for. */
const COMMON = ['--no-audit', '--no-fund', '--no-update-notifier', '--omit=dev', '--loglevel=error'];

/**
 * Resolves what a folder's package.json names into a package-lock.json beside it.
 * @throws FlowferryError NPM_MISSING, MODULE_NOT_FOUND, REGISTRY_NOT_REACHABLE, DISK_FULL or INSTALL_FAILED
 */
export async function lockPackages(directory: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
	await npm(directory, ['install', '--package-lock-only', ...COMMON], timeoutMs, signal);
}

/** Installs what a folder's package-lock.json names. @param offline no registry is asked @throws as `lockPackages` */
export async function installLocked(directory: string, timeoutMs: number, { offline = false } = {}): Promise<void> {
	await npm(directory, ['ci', ...(offline ? ['--offline'] : []), ...COMMON], timeoutMs);
}

/**
 * Fetches the tarballs of published packages into a folder.
 * @param specs `name@1.2.3`
 * @throws as `lockPackages`
 */
export async function fetchTarballs(directory: string, specs: readonly string[], timeoutMs: number, signal?: AbortSignal): Promise<void> {
	await npm(directory, ['pack', '--ignore-scripts', ...COMMON, ...specs], timeoutMs, signal);
}

async function npm(directory: string, args: string[], timeoutMs: number, signal?: AbortSignal): Promise<void> {
	const cancelled = signal === undefined ? {} : { cancelSignal: signal };
	// Modules may have scripts that run when they are installed: what opens credentials is not for them.
	const env = { FLOWFERRY_PASSPHRASE: undefined };
	const result = await execa('npm', args, { cwd: directory, env, timeout: timeoutMs, reject: false, stdin: 'ignore', ...cancelled });
	signal?.throwIfAborted();
	if (result.failed) throw explain(result, directory, timeoutMs);
}

interface NpmResult {
	code?: string | undefined;
	stderr: string;
	timedOut: boolean;
	cause?: unknown;
}

function explain(result: NpmResult, directory: string, timeoutMs: number): FlowferryError {
	const exitStatus = ExitStatus.usage;
	if (result.code === 'ENOENT') {
		return new FlowferryError({
			code: 'NPM_MISSING',
			message: 'npm is not on the PATH',
			hint: 'install Node.js with npm; it brings the palette',
			exitStatus,
		});
	}
	if (result.timedOut) {
		return new FlowferryError({
			code: 'INSTALL_FAILED',
			message: `npm did not finish in ${directory} within ${timeoutMs} ms`,
			hint: 'check the connection to the npm registry, or raise timeouts.installMs',
			exitStatus,
		});
	}
	return explainNpm(result.stderr, directory, result.cause);
}

/**
 * Why npm failed, from what it printed.
 * @param place where it ran: a folder
 * @returns FlowferryError MODULE_NOT_FOUND, DISK_FULL, REGISTRY_NOT_REACHABLE or INSTALL_FAILED
 */
export function explainNpm(stderr: string, place: string, cause?: unknown): FlowferryError {
	const exitStatus = ExitStatus.usage;
	const missing = /npm error (?:404\s+(?:The requested resource )?'([^']+)'|notarget No matching version found for (\S+?)\.?$)/m.exec(
		stderr,
	);
	const moduleName = missing?.[1] ?? missing?.[2];
	if (moduleName) {
		return new FlowferryError({
			code: 'MODULE_NOT_FOUND',
			message: `the npm registry has no ${moduleName}`,
			hint: "check the module's name and version in the dev Node-RED's palette, and which registry npm uses (`npm config get registry`)",
			exitStatus,
		});
	}
	if (/ENOSPC/.test(stderr)) {
		return new FlowferryError({
			code: 'DISK_FULL',
			message: `no space left on the disk of ${place}`,
			hint: 'make room, then run the same command again',
			exitStatus,
		});
	}
	const network = NETWORK.exec(stderr)?.[0];
	if (network) {
		return new FlowferryError({
			code: 'REGISTRY_NOT_REACHABLE',
			message: `npm cannot reach its registry (${network})`,
			hint: 'check the network, the proxy and the certificates that npm uses here (`npm ping` tries them), then run the same command again',
			exitStatus,
		});
	}
	const said = stderr.trim().split('\n').slice(0, 5).join('\n');
	return new FlowferryError({
		code: 'INSTALL_FAILED',
		message: `npm failed in ${place}:\n${said}`,
		hint: "install the same modules with `npm install` in an empty folder to see more; npm's own log names the cause",
		exitStatus,
		cause,
	});
}
