import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { DEV } from '../../compared-snapshot.ts';
import { createContext } from '../../context.ts';
import { FlowferryError } from '../../lib/errors/flowferry-error.ts';
import { shortId } from '../../lib/snapshot/snapshot.ts';
import { tellUnshared, type Unshared } from '../../tell-unshared.ts';

/** The contract of `flowferry snapshot tag --json`; `id` is null where the tag was deleted. */
interface TagResult extends Unshared {
	name: string;
	id: string | null;
}

export default class TagSnapshot extends BaseCommand<typeof TagSnapshot> {
	static override summary = 'Give a stored snapshot a name';
	static override description =
		`A git tag, \`snapshot/NAME\`, in the snapshots' repository, signed where git is set to sign tags. Wherever a snapshot's id is asked for, the name will do. What is tagged is never pruned.`;

	static override examples = [
		'<%= config.bin %> snapshot tag 3f9a1c0 v1.2',
		{ description: 'With a word on it', command: '<%= config.bin %> snapshot tag 3f9a1c0 before-audit -m "As shown to the auditors"' },
		{ description: 'Take it away again', command: '<%= config.bin %> snapshot tag --delete before-audit' },
	];

	static override args = {
		id: Args.string({ description: 'The id, or at least its first 7 digits' }),
		name: Args.string({ description: 'Letters, digits, dots, dashes and underscores' }),
	};

	static override flags = {
		message: Flags.string({ char: 'm', description: 'What is special about it', default: '' }),
		delete: Flags.string({ char: 'd', description: 'Delete the tag of that name; the snapshot stays', exclusive: ['message'] }),
	};

	async run(): Promise<TagResult> {
		const { id, name } = this.args;
		const context = await createContext(this.flags.config);
		if (this.flags.delete !== undefined && id === undefined) {
			await context.snapshots.untag(this.flags.delete);
			this.log(`Deleted the tag ${this.flags.delete} here; a remote that has it keeps it`);
			return { name: this.flags.delete, id: null };
		}
		if (id === undefined || name === undefined || this.flags.delete !== undefined) {
			throw new FlowferryError({
				code: 'USAGE',
				message: 'A tag takes the id of a snapshot and a name',
				hint: 'flowferry snapshot tag 3f9a1c0 v1.2; or, to delete one: flowferry snapshot tag --delete v1.2',
			});
		}
		if (name === DEV || Object.hasOwn(context.config.environments, name)) {
			throw new FlowferryError({
				code: 'TAG_NAME_INVALID',
				message: `${name} cannot be a tag: where snapshots are compared, it means ${name === DEV ? 'the dev Node-RED' : 'an environment'}`,
				hint: `Take another name, such as ${name}-1.`,
			});
		}
		const snapshot = await context.snapshots.get(id);
		const { unshared } = await context.snapshots.tag(snapshot.id, name, this.flags.message);
		this.log(`Snapshot ${shortId(snapshot.id)} is ${name}`);
		return { name, id: snapshot.id, ...tellUnshared(unshared, (line) => this.logToStderr(line)) };
	}
}
