import type { SimpleGit } from 'simple-git';
import { simpleGit } from 'simple-git';
import { FlowferryError } from '../errors/flowferry-error.ts';

/**
 * Runs git in one folder, and gives what it printed. A git that ends with a status without a word on stderr is no error: it answered no.
 * One that prints nothing at all is waited for 50 ms longer by simple-git, so what is called often is not told to be quiet.
 * @throws FlowferryError GIT_MISSING, GIT_FAILED, GIT_LOCKED, GIT_SIGNING_FAILED, GIT_BUSY, GIT_DAMAGED
 */
export type RunGit = (args: readonly string[], variables?: Readonly<Record<string, string>>) => Promise<string>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** How git and ssh come to a remote, and where the user's settings are. simple-git lets none through that it is not told of. */
const TRANSPORT = [
	...['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_SSH_VARIANT', 'GIT_ASKPASS', 'SSH_ASKPASS', 'GIT_PROXY_COMMAND', 'GIT_HTTP_PROXY_AUTHMETHOD'],
	...['GIT_SSL_CAINFO', 'GIT_SSL_CAPATH', 'GIT_SSL_CERT', 'GIT_SSL_KEY', 'GIT_SSL_NO_VERIFY', 'GIT_PROXY_SSL_CAINFO'],
	...['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'],
];

/**
 * The variables that git may see: where programs, keys and the way through the network are. GIT_DIR and its kin, which are set inside
 * a hook, would lead it to another repository.
 */
const PASSED_ON = new RegExp(
	`^(?:${TRANSPORT.join('|')}|PATH|HOME|USERPROFILE|HOMEDRIVE|HOMEPATH|XDG_CONFIG_HOME|XDG_RUNTIME_DIR|SystemRoot|TMPDIR|TEMP|TMP|USER|LOGNAME|SSH_AUTH_SOCK|SSH_AGENT_PID|SSH_ASKPASS_REQUIRE|DISPLAY|WAYLAND_DISPLAY|GNUPGHOME|GPG_TTY|SSL_CERT_(?:FILE|DIR)|CURL_CA_BUNDLE|(?:https?|no|all)_proxy)$`,
	'i',
);

/** What git says where another process commits at the same time: it refuses at once instead of waiting. */
const CONTENTION = /\.lock': File exists|could not lock config file .*: File exists|cannot lock ref .* is at \w+ but expected/;
const LOCK_ATTEMPTS = 20;
const LOCK_PAUSE_MS = 100;

/** @param config `key=value`, before the user's own */
export function gitRunner(directory: string, env: Environment, config: readonly string[]): RunGit {
	return async (args, variables = {}) => {
		for (let attempt = 1; ; attempt++) {
			try {
				return await gitClient(directory, env, config, variables).raw([...args]);
			} catch (error) {
				const { message } = error as Error;
				if (attempt < LOCK_ATTEMPTS && CONTENTION.test(message)) await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
				else throw gitFault(error, directory);
			}
		}
	};
}

/** For what asks nobody for a password: git would wait for an answer at a terminal that shows something else. */
export function gitClient(
	directory: string,
	env: Environment,
	config: readonly string[],
	variables: Readonly<Record<string, string>> = {},
): SimpleGit {
	const passedOn = Object.entries(env).filter((entry): entry is [string, string] => PASSED_ON.test(entry[0]) && entry[1] !== undefined);
	const client = simpleGit(directory, {
		config: [...config],
		unsafe: {
			// Our own, which switches hooks off.
			allowUnsafeHooksPath: true,
			// Our own, by which a remote's address is told out of sight.
			allowUnsafeConfigEnvCount: true,
			// The user's, as git itself would take them.
			allowUnsafeSshCommand: true,
			allowUnsafeAskPass: true,
			allowUnsafeGitProxy: true,
			allowUnsafeConfigPaths: true,
		},
		allowEnvironment: ['GIT_TERMINAL_PROMPT', 'GIT_INDEX_FILE', ...TRANSPORT, ...Object.keys(asConfig('', ''))],
	});
	return client.env({ ...Object.fromEntries(passedOn), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...variables });
}

/** Advice, and what a push says of all that went well. */
const PASSED_OVER = /^(?:hint:|To |Done$|[ =*+-]\t)/;

/** All that git said, where `gitFault` shows only its beginning: for looking into, not for showing. */
export function wordsOf(error: FlowferryError): string {
	return (error.cause as Error | undefined)?.message ?? error.message;
}

/** Puts what git said into words, without the user and password of an address. */
export function gitFault(error: unknown, directory: string): FlowferryError {
	const message = withoutCredentials((error as Error).message);
	if (/spawn \S*git\S* ENOENT/.test(message)) {
		return new FlowferryError({
			code: 'GIT_MISSING',
			message: 'The program git was not found',
			hint: 'Install git (Debian: `apt install git`) and see that it is in PATH: snapshots are kept in a git repository.',
			cause: error,
		});
	}
	const said = message
		.trim()
		.split('\n')
		.filter((line) => !PASSED_OVER.test(line))
		.slice(0, 3)
		.join(' ')
		.trim();
	const known = FAULTS.find(({ said }) => said.test(message));
	return new FlowferryError({
		code: known?.code ?? 'GIT_FAILED',
		message: `${known?.problem ?? 'git failed'} in ${directory}: ${said}`,
		hint: known?.hint ?? `Run \`git -C '${directory}' status\` and do what it says; then try again.`,
		cause: error,
	});
}

const FAULTS: { said: RegExp; code: string; problem?: string; hint: string }[] = [
	{ said: /\.lock': File exists/, code: 'GIT_LOCKED', hint: 'If no other git runs there, remove the lock file that git names.' },
	{
		said: /failed to sign|gpg failed|signing failed|No private key found|Couldn't (?:load|find) .*key|user\.signingkey|unable to sign/i,
		code: 'GIT_SIGNING_FAILED',
		problem: 'git is set to sign, and could not',
		hint: 'See that the key of `git config user.signingkey` is there and unlocked (gpg-agent, ssh-agent); or turn signing off for that repository: `git config commit.gpgsign false`, `git config tag.gpgsign false`.',
	},
	{
		said: /cannot do a partial commit during a/,
		code: 'GIT_BUSY',
		problem: 'a merge is not finished',
		hint: 'Finish it (`git merge --continue`) or give it up (`git merge --abort`); then try again.',
	},
	{
		said: /object file .* is empty|loose object .* is corrupt|unable to read (?:tree|sha1)|bad object|inflate: data stream error|object .* is corrupted/i,
		code: 'GIT_DAMAGED',
		problem: 'an object of the git repository is damaged',
		hint: '`flowferry snapshot verify` tells what is whole. Fetch the repository anew from its remote; without one, copy the folder of snapshots, `git init` there again, and commit it.',
	},
];

/** One setting of git, as variables: a command line can be read by everybody on the machine. */
export function asConfig(key: string, value: string): Record<string, string> {
	return { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: key, GIT_CONFIG_VALUE_0: value };
}

/** `https://user:token@host` keeps neither user nor token, whatever characters they have: too much may go, but no part of a token stays. */
function withoutCredentials(text: string): string {
	return text.replace(/(\w+:\/\/)[^\s'"]*@/g, '$1***@');
}

/** The same for a text that is one address, or a remote's name. */
export function addressWithoutCredentials(address: string): string {
	return address.replace(/^(\w+:\/\/).*@/s, '$1***@');
}
