import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Identity, Recipient } from 'age-encryption';
import { Stanza } from 'age-encryption';
import { stretch } from './stretch.ts';

/**
 * The passphrase's part of an age file: one stanza, in which the file's key is encrypted with a key from scrypt (the age specification,
 * C2SP/age, 'scrypt recipient stanza'). The library has its own, which computes scrypt on the main thread: an environment's lock
 * would end meanwhile. The tests hold each against the other.
 */
const TYPE = 'scrypt';
const LABEL = Buffer.from('age-encryption.org/v1/scrypt');
const SALT_BYTES = 16;
const TAG_BYTES = 16;
const FILE_KEY_BYTES = 16;

/** The specification lets each key of this kind be used once. */
const NONCE = Buffer.alloc(12);
const CIPHER = 'chacha20-poly1305';

/** As age itself: a file from somebody else must not keep us busy for hours. */
const HIGHEST_WORK_FACTOR = 20;

export function passphraseRecipient(passphrase: string, workFactor: number): Recipient {
	return {
		wrapFileKey: async (fileKey) => {
			const salt = randomBytes(SALT_BYTES);
			const cipher = createCipheriv(CIPHER, await keyFor(passphrase, salt, workFactor), NONCE, { authTagLength: TAG_BYTES });
			const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
			return [new Stanza([TYPE, salt.toString('base64').replace(/=+$/, ''), String(workFactor)], body)];
		},
	};
}

export function passphraseIdentity(passphrase: string): Identity {
	return {
		unwrapFileKey: async (stanzas) => {
			const [stanza] = stanzas;
			if (stanza?.args[0] !== TYPE) return null;
			const [, salt = '', workFactor = ''] = stanza.args;
			const bytes = Buffer.from(salt, 'base64');
			const isRight =
				stanzas.length === 1 &&
				stanza.args.length === 3 &&
				bytes.length === SALT_BYTES &&
				stanza.body.length === FILE_KEY_BYTES + TAG_BYTES &&
				/^[1-9]\d?$/.test(workFactor) &&
				Number(workFactor) <= HIGHEST_WORK_FACTOR;
			if (!isRight) throw new Error('invalid scrypt stanza');
			return decrypt(stanza.body, await keyFor(passphrase, bytes, Number(workFactor)));
		},
	};
}

/** Null where the key is another one. */
function decrypt(body: Uint8Array, key: Buffer): Uint8Array | null {
	const decipher = createDecipheriv(CIPHER, key, NONCE, { authTagLength: TAG_BYTES });
	decipher.setAuthTag(body.subarray(FILE_KEY_BYTES));
	try {
		return Buffer.concat([decipher.update(body.subarray(0, FILE_KEY_BYTES)), decipher.final()]);
	} catch {
		return null;
	}
}

function keyFor(passphrase: string, salt: Uint8Array, workFactor: number): Promise<Buffer> {
	return stretch(passphrase, Buffer.concat([LABEL, salt]), workFactor);
}
