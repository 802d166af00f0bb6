import { FlowferryError } from '../../errors/flowferry-error.ts';
import { canonicalJson } from '../../flows/canonical.ts';
import type { Credentials } from '../../node-red/sealed-credentials.ts';
import { secretTexts } from '../credentials.ts';
import type { CredentialMarks } from '../snapshot.ts';
import type { HeldCredentials } from './held.ts';
import { deriveMarkKey, markCredentials } from './marks.ts';
import type { Passphrase } from './passphrase.ts';
import { deriveStampKey, isStamp, stampText } from './stamp.ts';
import { WORK_FACTOR } from './work-factor.ts';

/** Seals credentials and opens them again. What is open stays in memory. */
export interface CredentialVault {
	/** Whether there is a passphrase. @throws as `readPassphrase` */
	canSeal(): Promise<boolean>;
	/**
	 * Marks and seals credentials for a snapshot.
	 * @throws FlowferryError PASSPHRASE_MISSING
	 */
	seal(credentials: Credentials): Promise<{ marks: CredentialMarks; sealed: string; warnings: string[] }>;
	/**
	 * Opens what a snapshot holds, and holds it against its marks.
	 * @throws FlowferryError PASSPHRASE_MISSING, PASSPHRASE_WRONG, CREDENTIALS_DAMAGED
	 */
	open(held: HeldCredentials): Promise<Credentials>;
	/** What only somebody with the passphrase can write under a text; null where there is none. @throws as `readPassphrase` */
	stamp(text: string): Promise<string | null>;
	/** Whether a stamp is this text's; null where there is no passphrase to tell by. @throws as `readPassphrase` */
	checkStamp(stamp: string, text: string): Promise<boolean | null>;
}

/** Shorter ones are found by trying. age's own documentation asks for about so many random letters and digits. */
const SHORTEST = 10;

/**
 * The age library is loaded with the first that is sealed or opened: most commands do neither, and it takes longer than they do.
 * @param read once at most, when a passphrase is needed for the first time
 * @param learn told of each text that no output may repeat, before anything else is done with it
 * @param workFactor scrypt's cost as a power of two; marks under another one are others
 */
export function openVault(
	read: () => Promise<Passphrase | null>,
	learn: (secrets: string[]) => void,
	workFactor = WORK_FACTOR,
): CredentialVault {
	const passphrase = once(async () => {
		const found = await read();
		if (found) learn([found.text]);
		return found;
	});
	const needed = async (why: string): Promise<Passphrase> => {
		const found = await passphrase();
		if (found) return found;
		throw missing(why);
	};
	const markKey = once(async () => await deriveMarkKey((await needed('Credentials are marked with a passphrase')).text, workFactor));
	const stampKey = once(async () => await deriveStampKey((await needed('A stamp is made with a passphrase')).text, workFactor));
	/** By their sealed text: a command that takes a snapshot and promotes it need not open what it has just sealed. */
	const opened = new Map<string, Credentials>();

	return {
		canSeal: async () => (await passphrase()) !== null,
		seal: async (credentials) => {
			const { text, origin } = await needed('Credentials are sealed with a passphrase');
			const { sealText } = await import('./age-file.ts');
			learn(secretTexts(credentials));
			// Both derive a key, each on a thread of its own.
			const [key, sealed] = await Promise.all([markKey(), sealText(canonicalJson(credentials), text, workFactor)]);
			const marks = markCredentials(credentials, key);
			opened.set(sealed, credentials);
			const warnings = text.length < SHORTEST ? [tooShort(text.length, origin)] : [];
			return { marks, sealed, warnings };
		},
		open: async (held) => {
			const known = opened.get(held.sealed);
			if (known) return known;
			const { text, origin } = await needed(`Snapshot ${held.snapshot} holds credentials, sealed with a passphrase`);
			const { openText } = await import('./age-file.ts');
			const [key, result] = await Promise.all([markKey(), openText(held.sealed, text)]);
			if (result.state === 'wrong passphrase') throw wrong(held, origin);
			const all = result.state === 'open' ? parse(result.text) : null;
			if (all) learn(secretTexts(all));
			// A snapshot that was captured back holds what its release held, also of nodes that are gone from it.
			const credentials = all && Object.fromEntries(Object.entries(all).filter(([id]) => Object.hasOwn(held.marks, id)));
			// The file vouches for itself, not for being this snapshot's.
			const fits = credentials && canonicalJson(markCredentials(credentials, key)) === canonicalJson(held.marks);
			if (!fits)
				throw damaged(held, result.state === 'damaged' ? 'the file was changed' : 'they are not those that the snapshot was taken with');
			opened.set(held.sealed, credentials);
			return credentials;
		},
		stamp: async (text) => ((await passphrase()) ? stampText(text, await stampKey()) : null),
		checkStamp: async (stamp, text) => ((await passphrase()) ? isStamp(stamp, text, await stampKey()) : null),
	};
}

function parse(text: string): Credentials | null {
	try {
		return JSON.parse(text) as Credentials;
	} catch {
		return null;
	}
}

/** A failure is not remembered. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return () => {
		made ??= make().catch((error) => {
			made = undefined;
			throw error;
		});
		return made;
	};
}

function tooShort(length: number, origin: string): string {
	return `The passphrase in ${origin} has ${length} characters: who gets at the store finds so short a one by trying. Take ${SHORTEST} random characters or more`;
}

function missing(why: string): FlowferryError {
	return new FlowferryError({
		code: 'PASSPHRASE_MISSING',
		message: `${why}, and none is set`,
		hint: 'Set FLOWFERRY_PASSPHRASE, or name a file that holds it: sealing.passphraseFile. Nothing was changed.',
		docs: 'docs/guides/credentials.md',
	});
}

function wrong({ snapshot }: HeldCredentials, origin: string): FlowferryError {
	return new FlowferryError({
		code: 'PASSPHRASE_WRONG',
		message: `The passphrase in ${origin} does not open the credentials of snapshot ${snapshot}`,
		hint: 'Give the passphrase that the snapshot was taken with, or take the snapshot anew. Nothing was changed.',
		docs: 'docs/guides/credentials.md',
	});
}

function damaged({ snapshot }: HeldCredentials, problem: string): FlowferryError {
	return new FlowferryError({
		code: 'CREDENTIALS_DAMAGED',
		message: `The sealed credentials of snapshot ${snapshot} are damaged: ${problem}`,
		hint: 'Restore its credentials.age from the repository of the store, or take the snapshot anew. Nothing was changed.',
		docs: 'docs/guides/credentials.md',
	});
}
