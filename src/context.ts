import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from './lib/adapters/package-root.ts';
import type { RunUserCommand } from './lib/adapters/user-command.ts';
import type { NamedEnvironment } from './lib/config/environment-of.ts';
import type { LoadedConfig } from './lib/config/load.ts';
import type { Redact } from './lib/config/secrets.ts';
import { openRedactor } from './lib/config/secrets.ts';
import { FlowferryError } from './lib/errors/flowferry-error.ts';
import type { DevSource } from './lib/node-red/dev-source.ts';
import type { PackageSupply } from './lib/packages/supply.ts';
import type { Actor } from './lib/protection/actor.ts';
import { readCi } from './lib/protection/actor.ts';
import type { Capture } from './lib/snapshot/capture.ts';
import type { CredentialVault } from './lib/snapshot/sealing/vault.ts';
import type { SnapshotStore } from './lib/snapshot/store.ts';
import type { Target } from './lib/targets/target.ts';

/** What commands work with: the configuration, and the adapters that it asks for. Built here and nowhere else. */
export interface Context extends LoadedConfig {
	/** The dev Node-RED. */
	dev: DevSource;
	snapshots: SnapshotStore;
	/** Packages that are at hand without a network. */
	packages: PackageSupply;
	/** What the passphrase opens, and vouches for. */
	vault: CredentialVault;
	/** Takes a snapshot of the dev Node-RED; nothing is stored. @throws as `captureSnapshot` */
	capture(message: string): Promise<Capture>;
	/** Who works here, as git would sign: `Name <mail>`; else the login name. */
	author(): Promise<string>;
	now(): Date;
	/** Who changes an environment, for its lock and journal: `user@host (pid 123)`. */
	operator(): string;
	/** The same for protection and audit: what the CI system says of the job comes before what git says. @param named instead of both */
	actor(named?: string): Promise<Actor>;
	/**
	 * Where an environment's instances run; to be closed.
	 * @param image on Docker and Kubernetes: one that was built elsewhere for the snapshot that is to be promoted
	 * @throws FlowferryError IMAGE_USELESS where instances run from no image; IMAGE_UNAVAILABLE, IMAGE_UNFIT
	 */
	openTarget(environment: NamedEnvironment, options?: { image?: string | undefined }): Promise<Target>;
	/** What instances inherit of this machine's environment; the configuration's variables come on top. */
	inherited: Record<string, string>;
	/** Checks and hooks: in the configuration's folder, with its secrets taken from what they print. */
	runCommand: RunUserCommand;
	redact: Redact;
}

/** Where programs and temporary files are, the language and the time zone, and the way through a company's network. */
const INHERITED = /^(PATH|HOME|USER|LOGNAME|LANG|LC_[A-Z]+|TZ|TMPDIR|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|no)_proxy)$/i;

/**
 * Reads the configuration; nothing else is opened or asked before it is used. The adapters are loaded here, not when the program
 * starts: they take longer than judging a file of flows, which needs none.
 * @throws as `loadConfig`
 */
export async function createContext(configPath: string): Promise<Context> {
	const { env } = process;
	const [
		{ loadConfig },
		{ openDevSource },
		{ noDevSource },
		{ openSnapshotStore },
		{ openSupply },
		{ readGitIdentity },
		{ userCommands },
		{ captureSnapshot },
		{ openVault },
		{ readPassphrase },
	] = await Promise.all([
		import('./lib/config/load.ts'),
		import('./lib/node-red/open-dev-source.ts'),
		import('./lib/node-red/no-dev-source.ts'),
		import('./lib/snapshot/open-store.ts'),
		import('./lib/packages/supply.ts'),
		import('./lib/adapters/git-reader.ts'),
		import('./lib/adapters/user-command.ts'),
		import('./lib/snapshot/capture.ts'),
		import('./lib/snapshot/sealing/vault.ts'),
		import('./lib/snapshot/sealing/passphrase.ts'),
	]);
	const loaded = await loadConfig(configPath, env);
	const inherited = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => INHERITED.test(entry[0])));
	// In the project; with flowferry, as in a checkout; beside it, as where both are installed in one place.
	const nearbyNodeReds = [join(loaded.directory, 'node_modules'), join(packageRoot(), 'node_modules'), dirname(packageRoot())].map(
		(folder) => join(folder, 'node-red'),
	);
	const redactor = openRedactor(loaded.secrets);
	const { dev: devConfig, sealing } = loaded.config;
	const dev = devConfig ? openDevSource(devConfig, env) : noDevSource(loaded.path);
	const packages = openSupply(loaded.config.packages);
	const vault = openVault(() => readPassphrase(env.FLOWFERRY_PASSPHRASE, sealing.passphraseFile), redactor.learn);
	// Asked of git once: it takes a process.
	let identity: Promise<string | undefined> | undefined;
	const gitIdentity = () => {
		identity ??= readGitIdentity(loaded.directory, env);
		return identity;
	};
	const author = async () => (await gitIdentity()) ?? loginName(env);
	const now = () => new Date();
	const operator = () => `${loginName(env)}@${hostname()} (pid ${process.pid})`;
	return {
		...loaded,
		dev,
		snapshots: openSnapshotStore(loaded.store, loaded.directory, env),
		packages,
		vault,
		capture: async (message) =>
			await captureSnapshot(dev, { message, author: await author(), now, vault, given: devConfig?.credentials ?? {} }),
		author,
		now,
		operator,
		actor: async (named) => {
			const ci = readCi(env);
			const facts = { operator: operator(), job: ci?.job ?? null };
			if (named !== undefined) return { identity: named, source: 'configuration', ...facts };
			if (ci?.actor) return { identity: ci.actor, source: 'ci', ...facts };
			const git = await gitIdentity();
			return git === undefined ? { identity: loginName(env), source: 'login', ...facts } : { identity: git, source: 'git', ...facts };
		},
		openTarget: async (environment, { image } = {}) => {
			if (environment.target === 'docker') {
				const { openDockerTarget } = await import('./lib/targets/docker/open-docker-target.ts');
				return await openDockerTarget({
					...{ environment, env, packages, secrets: redactor.known, redact: redactor.redact, vault, image },
				});
			}
			if (environment.target === 'kubernetes') {
				const [{ openKubernetesTarget }, { podImages }] = await Promise.all([
					import('./lib/targets/kubernetes/open-kubernetes-target.ts'),
					import('./pod-images.ts'),
				]);
				const images = await podImages({ environment, env, packages, redact: redactor.redact, image });
				return await openKubernetesTarget({ environment, env, images, image, secrets: redactor.known, vault });
			}
			if (image !== undefined) throw imageUseless(environment.name);
			const { ProcessTarget } = await import('./lib/targets/process/process-target.ts');
			const { directory: folder } = loaded;
			return await ProcessTarget.open({ environment, nearbyNodeReds, packages, inherited, folder, secrets: redactor.known, vault });
		},
		inherited,
		runCommand: userCommands(loaded.directory, redactor.redact),
		redact: redactor.redact,
	};
}

function imageUseless(environment: string): FlowferryError {
	return new FlowferryError({
		code: 'IMAGE_USELESS',
		message: `${environment} runs no images: its instances are processes of this machine`,
		hint: `leave --image out, or have it run on Docker or Kubernetes: environments.${environment}.target`,
	});
}

/** The home of whoever runs us, which `~` stands for. */
export function homeFolder(): string {
	return process.env.HOME ?? userInfo().homedir;
}

/** A container's user id may have no name. */
function loginName(env: NodeJS.ProcessEnv): string {
	try {
		return userInfo().username;
	} catch {
		return env.USER ?? env.USERNAME ?? 'unknown';
	}
}

/** Where the command was given; absolute. */
export function workingFolder(): string {
	return process.cwd();
}

/** What `${NAME}` in a configuration reads. */
export function programEnvironment(): Readonly<Record<string, string | undefined>> {
	return process.env;
}
