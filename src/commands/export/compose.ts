import { resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { createContext, programEnvironment, workingFolder } from '../../context.ts';
import { environmentArgs } from '../../environment-command.ts';
import { rewriteFile } from '../../lib/adapters/atomic-file.ts';
import { environmentOf } from '../../lib/config/environment-of.ts';

/** The contract of `export compose --json`. */
interface Result {
	environment: string;
	/** Absolute; null where it went to standard output, and into `compose`. */
	file: string | null;
	/** The file's text. */
	compose: string;
}

export default class ExportCompose extends BaseCommand<typeof ExportCompose> {
	static override summary = 'Write a compose file for the lasting part of an environment on Docker';
	static override description =
		'The keeper and the router, as flowferry makes them; instances of Node-RED are left to promotions, for they need secrets, which no compose file holds. What the file names is brought onto the engine first: the images, the network and the volume. After `docker compose up -d` flowferry promotes as ever, and replaces none of what compose has made.';

	static override examples = [
		{ description: 'Into a file', command: '<%= config.bin %> export compose production --out compose.yaml' },
		{ description: 'To look at', command: '<%= config.bin %> export compose production' },
	];

	static override args = environmentArgs;
	static override flags = {
		out: Flags.string({ char: 'o', description: 'A file to write it to, instead of stdout', helpValue: 'FILE' }),
	};

	async run(): Promise<Result> {
		const context = await createContext(this.flags.config);
		const environment = environmentOf(context.config, this.args.environment);
		const [{ connectEngine }, { assertOnDocker, exportCompose }] = await Promise.all([
			import('../../lib/targets/docker/engine.ts'),
			import('../../lib/targets/docker/export-compose.ts'),
		]);
		assertOnDocker(environment);
		const { host, context: named } = environment.docker;
		const engine = await connectEngine({ host, context: named, env: programEnvironment() });
		try {
			const compose = await exportCompose(environment, engine, (message) => this.note(message));
			const { out } = this.flags;
			const file = out === undefined ? null : resolve(workingFolder(), out);
			if (file === null) this.log(compose.trimEnd());
			else await rewriteFile(file, compose);
			if (file !== null) this.log(`wrote ${out}: docker compose -f ${out} up -d`);
			return { environment: environment.name, file, compose };
		} finally {
			engine.close();
		}
	}
}
