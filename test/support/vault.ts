import { openVault } from '../../src/lib/snapshot/sealing/vault.ts';

/** A thousand guesses for the price of one: tests seal often. */
export const CHEAP = 7;

/** A vault with that passphrase, or with none, at a price for tests. What it learns is put into `learned`. */
export function testVault(passphrase: string | null = null, learned: string[] = []) {
	return openVault(
		async () => (passphrase === null ? null : { text: passphrase, origin: 'FLOWFERRY_PASSPHRASE' }),
		(secrets) => learned.push(...secrets),
		CHEAP,
	);
}
