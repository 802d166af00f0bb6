import type { Environment } from './references.ts';
import type { Config } from './schema.ts';

/** Where a reference to the environment stands for something that must not be shown: an address or a folder may be. */
const SECRET_PLACES =
	/^(?:dev\.(?:token|username|password|credentialSecret|credentials)|environments\.[^.]+\.(?:variables|credentials|checks|hooks|failover|editor)|store\.remote)\b/;

/** A variable that is written out in the file and whose name says that it should not have been. */
const SECRET_NAME = /pass|secret|token|key|credential|auth|pin$/i;

/**
 * Every value of a configuration that no output may repeat: credentials, sign-ins, and what came from the environment.
 * @param references for each value with references, by its rendered path: the names of its variables
 */
export function secretsOf(config: Config, references: ReadonlyMap<string, string[]>, env: Environment): string[] {
	const { dev } = config;
	const secrets = dev === undefined ? [] : 'url' in dev ? [dev.token, dev.username, dev.password] : [dev.credentialSecret];
	for (const fields of Object.values(dev?.credentials ?? {})) secrets.push(...Object.values(fields));
	const remote = typeof config.store === 'object' ? config.store.remote : '';
	secrets.push(...signInOf(remote));
	for (const [path, names] of references) {
		// A whole address is none, but for the sign-in in it.
		if (SECRET_PLACES.test(path)) secrets.push(...names.map((name) => env[name]).filter((value) => value !== remote));
	}
	for (const { credentials, variables, checks, failover, editor } of Object.values(config.environments)) {
		for (const fields of Object.values(credentials)) secrets.push(...Object.values(fields));
		secrets.push(...Object.values(editor.users));
		for (const [name, value] of Object.entries(variables)) if (SECRET_NAME.test(name)) secrets.push(value);
		for (const check of [...checks, ...failover.probes]) if ('mqtt' in check) secrets.push(check.username, check.password);
	}
	return [...new Set(secrets)].filter((secret) => secret !== undefined && secret !== '') as string[];
}

/** The password in an address, or the token that stands in place of a user. */
function signInOf(address: string): string[] {
	// Up to the last @: a token that is not percent-encoded may have others.
	const signIn = /^\w+:\/\/(.*)@/s.exec(address)?.[1] ?? '';
	const colon = signIn.indexOf(':');
	if (colon !== -1) return [signIn.slice(colon + 1)];
	// `ssh://git@host`: everybody's user, and no secret.
	return signIn.length >= LONG && /^https?:/.test(address) ? [signIn] : [];
}

/** Puts `***` in place of each secret in a text that is about to be shown or kept. */
export type Redact = (text: string) => string;

/** A secret shorter than this is a common word or number as often as not: it is replaced only where it stands by itself. */
const LONG = 6;

/** A redactor that can be told of more secrets, as they become known. */
export interface Redactor {
	redact: Redact;
	learn(secrets: readonly string[]): void;
	/** All that it knows by now. */
	known(): string[];
}

/** The one redactor: commands' output, failed checks and the journal pass through it. */
export function openRedactor(secrets: readonly string[]): Redactor {
	let all = [...new Set(secrets)];
	let redact = createRedactor(all);
	return {
		redact: (text) => redact(text),
		learn: (more) => {
			all = [...new Set([...all, ...more])];
			redact = createRedactor(all);
		},
		known: () => all,
	};
}

export function createRedactor(secrets: readonly string[]): Redact {
	const patterns = [...new Set(secrets.flatMap(formsOf))]
		.sort((a, b) => b.length - a.length)
		.map((form) => (form.length < LONG ? `(?<!\\w)${escaped(form)}(?!\\w)` : escaped(form)));
	if (patterns.length === 0) return (text) => text;
	const all = new RegExp(patterns.join('|'), 'g');
	return (text) => text.replace(all, '***');
}

/** As it is, in an address, in JSON, and each line of one that has several: output is looked at line by line. */
function formsOf(secret: string): string[] {
	const lines = secret.split(/\r?\n/).filter((line) => line.length >= LONG || line === secret);
	return [secret, ...lines, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)].filter((form) => form !== '');
}

/** A text for a regular expression that is to mean just that text. */
export function escaped(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
