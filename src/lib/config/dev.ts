import { z } from 'zod';

/** Where flows are developed. */

const devByUrl = z
	.strictObject({
		url: z
			.url({ protocol: /^https?$/ })
			.refine((url) => !hasUserInfo(url), { message: 'must not hold a user or a password: use username and password, or token' })
			.describe('The dev Node-RED: `http://localhost:1880`, with its admin root if it has one.'),
		token: z.string().min(1).optional().describe('A bearer token; write it as ${NAME}.'),
		username: z.string().min(1).optional().describe('With password: signs in at /auth/token.'),
		password: z.string().min(1).optional().describe('Write it as ${NAME}.'),
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
});

export const dev = z
	.union([devByUrl, devByUserDir])
	.optional()
	.describe('Where flows are developed: an admin API or a user directory. Default: nowhere that this configuration knows.');
export type DevConfig = NonNullable<z.infer<typeof dev>>;
