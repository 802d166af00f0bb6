import { armor, Decrypter, Encrypter } from 'age-encryption';
import { passphraseIdentity, passphraseRecipient } from './passphrase-stanza.ts';

/**
 * Seals a text for a passphrase: an age file in armor, which `age --decrypt` opens as well.
 * @param workFactor scrypt's cost as a power of two; the file says it, so opening needs none
 */
export async function sealText(text: string, passphrase: string, workFactor: number): Promise<string> {
	const encrypter = new Encrypter();
	encrypter.addRecipient(passphraseRecipient(passphrase, workFactor));
	return armor.encode(await encrypter.encrypt(text));
}

export type Opened = { state: 'open'; text: string } | { state: 'wrong passphrase' } | { state: 'damaged' };

/** Opens what `sealText` sealed. A file whose stanza for the passphrase was changed looks like a wrong passphrase. */
export async function openText(sealed: string, passphrase: string): Promise<Opened> {
	const decrypter = new Decrypter();
	decrypter.addIdentity(passphraseIdentity(passphrase));
	try {
		return { state: 'open', text: await decrypter.decrypt(armor.decode(sealed), 'text') };
	} catch (error) {
		return { state: /no identity matched/.test((error as Error).message) ? 'wrong passphrase' : 'damaged' };
	}
}
