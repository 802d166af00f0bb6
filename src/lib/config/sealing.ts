import { z } from 'zod';

/** What seals the credentials that snapshots hold. */
export const sealing = z.strictObject({
	passphraseFile: z
		.string()
		.min(1)
		.optional()
		.describe(
			'A file that holds the passphrase for the credentials in snapshots, readable for its owner alone; the environment variable FLOWFERRY_PASSPHRASE comes first. Without either, snapshots hold no credentials.',
		),
});
