import type { GitRepository } from '../adapters/git.ts';
import { gitFault, wordsOf } from '../adapters/git-client.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { shortId } from './snapshot.ts';
import { SHORTEST_PREFIX } from './store.ts';

/** Tags of snapshots are annotated git tags below this; the snapshot's id is in the last line of their message. */
export const TAGS = 'refs/tags/snapshot';
const MARK = 'Snapshot-Id: ';

/** Whether a name can be a tag: it must fit git and a command line, and be no id. @throws FlowferryError TAG_NAME_INVALID */
export function checkTagName(name: string): void {
	const looksLikeId = /^[0-9a-f]+$/i.test(name) && name.length >= SHORTEST_PREFIX;
	if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !/\.\.|\.lock$|\.$/.test(name) && !looksLikeId) return;
	throw new FlowferryError({
		code: 'TAG_NAME_INVALID',
		message: looksLikeId ? `${name} could be taken for a snapshot's id` : `${JSON.stringify(name)} cannot be a tag`,
		hint: 'Take letters, digits, dots, dashes and underscores, such as v1.2 or before-audit.',
	});
}

export async function readTags(git: GitRepository): Promise<Map<string, string>> {
	const text = await git.run(['for-each-ref', '--format=%(refname:strip=3)%00%(contents)%00', `${TAGS}/`]);
	const fields = text.split('\0');
	const tags = new Map<string, string>();
	for (let at = 0; at + 1 < fields.length; at += 2) {
		const id = new RegExp(`^${MARK}([0-9a-f]{64})$`, 'm').exec(fields[at + 1] as string)?.[1];
		if (id !== undefined) tags.set((fields[at] as string).trim(), id);
	}
	return tags;
}

/** @param folder where the snapshot is, relative to the store: the tag stands at the commit that brought it */
export async function writeTag(git: GitRepository, name: string, id: string, folder: string, message: string): Promise<void> {
	const added = await git.run(['log', '-1', '--format=%H', '--diff-filter=A', '--', `${folder}/snapshot.json`]);
	const said = message.trim() === '' ? `Snapshot ${name}` : message.trim();
	try {
		const commit = added.trim() === '' ? 'HEAD' : added.trim();
		await git.run(['tag', '--annotate', '--cleanup=verbatim', `--message=${said}\n\n${MARK}${id}\n`, `snapshot/${name}`, commit]);
	} catch (error) {
		if (!(error instanceof FlowferryError) || !/already exists/.test(wordsOf(error))) throw error;
		throw new FlowferryError({
			code: 'TAG_EXISTS',
			message: `There is a tag ${name} already${await named(git, name)}`,
			hint: `Take another name, or delete that tag first: flowferry snapshot tag --delete ${name}`,
			cause: error,
		});
	}
	await requireSignature(git, name);
}

/** Where an ssh key is gone, git says so, makes the tag without a signature, and ends with 0. */
async function requireSignature(git: GitRepository, name: string): Promise<void> {
	const wanted = (await git.run(['config', '--type=bool', '--default=false', '--get', 'tag.gpgSign'])).trim() === 'true';
	if (!wanted || /^-----BEGIN /m.test(await git.run(['cat-file', '-p', `${TAGS}/${name}`]))) return;
	await git.run(['tag', '--delete', `snapshot/${name}`]);
	throw gitFault(new Error(`failed to sign the tag snapshot/${name}`), await git.gitDirectory());
}

async function named(git: GitRepository, name: string): Promise<string> {
	const id = (await readTags(git)).get(name);
	return id === undefined ? '' : `, of snapshot ${shortId(id)}`;
}

export async function deleteTag(git: GitRepository, name: string): Promise<void> {
	const known = await readTags(git);
	if (!known.has(name)) {
		throw new FlowferryError({
			code: 'TAG_UNKNOWN',
			message: `There is no tag ${name}${known.size > 0 ? `; there are ${[...known.keys()].join(', ')}` : ''}`,
			hint: 'See them with `flowferry snapshot list`.',
		});
	}
	await git.run(['tag', '--delete', `snapshot/${name}`]);
}
