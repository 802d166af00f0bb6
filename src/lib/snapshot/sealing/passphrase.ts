import { readFile, stat } from 'node:fs/promises';
import { FlowferryError } from '../../errors/flowferry-error.ts';

export interface Passphrase {
	text: string;
	/** Where it comes from, for errors: `FLOWFERRY_PASSPHRASE`, or the file's path. */
	origin: string;
}

/** Anybody but its owner. */
const OTHERS = 0o077;

/**
 * The passphrase that seals credentials, from the environment, else from a file; null where neither gives one. A variable that is
 * set but empty gives none: CI systems set a secret so that a pull request from outside may not see.
 * @param variable the value of FLOWFERRY_PASSPHRASE
 * @param file `sealing.passphraseFile`; line breaks at its end are not part of the passphrase
 * @throws FlowferryError PASSPHRASE_FILE_UNREADABLE; PASSPHRASE_FILE_OPEN where others may read it
 */
export async function readPassphrase(variable: string | undefined, file: string | undefined): Promise<Passphrase | null> {
	if (variable !== undefined && variable !== '') return { text: variable, origin: 'FLOWFERRY_PASSPHRASE' };
	if (file === undefined) return null;
	const text = (await readPrivate(file)).replace(/[\r\n]+$/, '');
	if (text !== '') return { text, origin: file };
	throw unreadable(file, 'is empty', 'Write the passphrase into it, on one line.');
}

async function readPrivate(file: string): Promise<string> {
	try {
		const { mode, uid } = await stat(file);
		// As OpenSSH with its keys: what somebody else owns, such as a secret that is mounted, is not ours to close. Windows has no such bits.
		if ((mode & OTHERS) !== 0 && uid === process.getuid?.()) throw tooOpen(file, mode);
		return await readFile(file, 'utf8');
	} catch (error) {
		if (error instanceof FlowferryError) throw error;
		const { code } = error as NodeJS.ErrnoException;
		throw unreadable(
			file,
			`cannot be read (${code})`,
			'Correct `sealing.passphraseFile`, or set FLOWFERRY_PASSPHRASE, which comes first.',
			error,
		);
	}
}

function unreadable(file: string, problem: string, hint: string, cause?: unknown): FlowferryError {
	return new FlowferryError({ code: 'PASSPHRASE_FILE_UNREADABLE', message: `The passphrase file ${file} ${problem}`, hint, cause });
}

function tooOpen(file: string, mode: number): FlowferryError {
	return new FlowferryError({
		code: 'PASSPHRASE_FILE_OPEN',
		message: `Others than its owner may read the passphrase file ${file} (its mode is ${(mode & 0o777).toString(8)})`,
		hint: `chmod 600 '${file}'; where it is mounted so, mount it with mode 0400, or set FLOWFERRY_PASSPHRASE instead.`,
	});
}
