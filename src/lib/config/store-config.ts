import { z } from 'zod';

/** Where snapshots are kept, and with whom they are shared. */

const path = z.string().min(1);

/** As git allows, and as a command line takes it. */
const BRANCH = /^(?![/.-])(?!.*(?:\.\.|\/\/|\/\.|\.lock(?:\/|$)|[/.]$))[A-Za-z0-9._/-]+$/;
const branchName = z.string().refine((name) => BRANCH.test(name), { message: 'must be the name of a branch, such as flowferry/snapshots' });

/** What begins with a dash would be an option. */
const remote = z.string().refine((text) => /^[^-\s]/.test(text), { message: "must be a remote's name or address" });

const pushChoices = ['manual', 'auto'] as const;

const storeKeys = z.strictObject({
	path: path.optional().describe('A git repository of its own; made when it is not there. Default: `.flowferry/snapshots`.'),
	folder: path
		.optional()
		.describe(
			"In place of it, a folder in the work tree of your own repository: each snapshot is a commit of that folder alone, on the branch that is checked out, and is pushed and pulled with the team's work.",
		),
	branch: branchName
		.optional()
		.describe(
			'In place of it, a branch of the repository around this file, such as `flowferry/snapshots`: it is written without being checked out in the work tree.',
		),
	remote: remote
		.default('origin')
		.describe(
			"With whom snapshots are shared, for `path` and `branch`: the name of a remote of that repository, or a repository's address, where a password or token must be percent-encoded.",
		),
	push: z
		.enum(pushChoices)
		.default('manual')
		.describe(
			'manual: `flowferry snapshot push` and `pull` exchange snapshots with the remote; auto: so does each command that stores, tags or prunes.',
		),
});

const storeSection = storeKeys
	.refine((store) => [store.path, store.folder, store.branch].filter((place) => place !== undefined).length <= 1, {
		message: 'names more than one of path, folder and branch: keep the one where snapshots are to be',
	})
	.refine(({ folder, push }) => folder === undefined || push === 'manual', {
		path: ['push'],
		message: "cannot be auto with `folder`: the branch has the team's work as well, which is the team's to push",
	});

export const DEFAULT_STORE = '.flowferry/snapshots';

/** A text is the path of a repository of its own. */
export const store = z.union([path, storeSection]).default(DEFAULT_STORE);
type StoreSetting = z.infer<typeof store>;

/** Where snapshots are kept, told apart by `kind`. */
export type StorePlace = ({ kind: 'own'; path: string } | { kind: 'folder'; path: string } | { kind: 'branch'; branch: string }) & {
	remote: string;
	push: (typeof pushChoices)[number];
};

/** @param absolute makes a path of the configuration absolute */
export function storePlace(setting: StoreSetting, absolute: (path: string) => string): StorePlace {
	const section = typeof setting === 'string' ? storeKeys.parse({ path: setting }) : setting;
	const { folder, branch, path: own = DEFAULT_STORE, ...sharing } = section;
	if (branch !== undefined) return { kind: 'branch', branch, ...sharing };
	if (folder !== undefined) return { kind: 'folder', path: absolute(folder), ...sharing };
	return { kind: 'own', path: absolute(own), ...sharing };
}
