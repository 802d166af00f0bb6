import { armor, Decrypter, Encrypter } from 'age-encryption';
import { WORK_FACTOR } from './work-factor.ts';

/** Seals a text for a passphrase: an age file in armor, which `age --decrypt` opens as well. */
export async function sealText(text: string, passphrase: string): Promise<string> {
	const encrypter = new Encrypter();
	encrypter.setPassphrase(passphrase);
	encrypter.setScryptWorkFactor(WORK_FACTOR);
	return armor.encode(await encrypter.encrypt(text));
}

export type Opened = { state: 'open'; text: string } | { state: 'wrong passphrase' } | { state: 'damaged' };

/** Opens what `sealText` sealed. A file whose stanza for the passphrase was changed looks like a wrong passphrase. */
export async function openText(sealed: string, passphrase: string): Promise<Opened> {
	const decrypter = new Decrypter();
	decrypter.addPassphrase(passphrase);
	try {
		return { state: 'open', text: await decrypter.decrypt(armor.decode(sealed), 'text') };
	} catch (error) {
		return { state: /no identity matched/.test((error as Error).message) ? 'wrong passphrase' : 'damaged' };
	}
}
