import { z } from 'zod';

/** Where flows are developed. */

const credentials = z
	.record(z.string().min(1), z.record(z.string().min(1), z.string()))
	.optional()
	.describe(
		'By node id: credentials that a snapshot is to hold, where they cannot be read with the flows, or in place of those: `{ b1: { user: plant, password: ${DEV_MQTT_PASSWORD} } }`. Taking them needs a passphrase.',
	);

const credentialSecret = z
	.string()
	.min(1)
	.optional()
	.describe(
		"What Node-RED's credentials file is encrypted with, where that cannot be found in plain text in the user directory; write it as ${NAME}.",
	);

const devByUrl = z
	.strictObject({
		url: z
			.url({ protocol: /^https?$/ })
			.refine((url) => !hasUserInfo(url), { message: 'must not hold a user or a password: use username and password, or token' })
			.describe('The dev Node-RED: `http://localhost:1880`, with its admin root if it has one.'),
		token: z.string().min(1).optional().describe('A bearer token; write it as ${NAME}.'),
		username: z.string().min(1).optional().describe('With password: signs in at /auth/token.'),
		password: z.string().min(1).optional().describe('Write it as ${NAME}.'),
		credentials,
	})
	.refine((dev) => (dev.username === undefined) === (dev.password === undefined), {
		message: 'username and password belong together: one of them is missing',
	})
	.refine((dev) => dev.token === undefined || dev.password === undefined, {
		message: 'token, and username with password, exclude each other: one way to sign in is enough',
	});

function hasUserInfo(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { username, password } = new URL(url);
	return username !== '' || password !== '';
}

const devByUserDir = z.strictObject({
	userDir: z.string().min(1).describe("The dev Node-RED's user directory: `~/.node-red`."),
	flowFile: z.string().min(1).optional().describe('Default: found as Node-RED finds it.'),
	credentialSecret,
	credentials,
});

const devByRepository = z.strictObject({
	repository: z
		.string()
		.min(1)
		.describe('A git repository with a flow file and its package.json: a Node-RED project, or any other; bare or with a work tree.'),
	ref: z.string().min(1).default('HEAD').describe('A branch, a tag or a commit. Nothing is checked out.'),
	flowFile: z
		.string()
		.min(1)
		.optional()
		.describe("Relative to `repository`. Default: what its package.json names as a Node-RED project's, else `flows.json`."),
	credentialSecret,
	credentials,
});

export const dev = z
	.union([devByUrl, devByUserDir, devByRepository])
	.optional()
	.describe(
		'Where flows are developed: an admin API, a user directory or a git repository. Default: nowhere that this configuration knows.',
	);
export type DevConfig = NonNullable<z.infer<typeof dev>>;
export type RepositoryConfig = z.infer<typeof devByRepository>;

/** Each side of `dev` by the key that tells it from the others, in the order of the union. */
export const devKinds = ['url', 'userDir', 'repository'] as const;
