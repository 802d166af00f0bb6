import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { homeFolder, programEnvironment } from '../context.ts';
import type { Initialised } from '../lib/config/initialise.ts';
import { initialise, refuseExisting } from '../lib/config/initialise.ts';
import type { Starter } from '../lib/config/starter.ts';
import { FlowferryError } from '../lib/errors/flowferry-error.ts';
import { modes } from '../lib/flows/mode.ts';
import { targetKinds } from '../lib/targets/target-kind.ts';
import { canPrompt, confirm } from '../lib/ui/prompts.ts';
import { renderInitialised } from '../lib/ui/render-init.ts';
import { createTheme } from '../lib/ui/theme.ts';

const DEFAULT_URL = 'http://localhost:1880';

export default class Init extends BaseCommand<typeof Init> {
	static override summary = 'Write a first flowferry.yaml';
	static override description =
		`Names the dev Node-RED and one environment; everything else has a default. Nothing is contacted. Without a terminal, or with --yes, nothing is asked: the dev Node-RED is then ${DEFAULT_URL} unless a flag says otherwise.`;

	static override examples = [
		{ description: 'With a dev Node-RED on this machine', command: '<%= config.bin %> init' },
		{ description: 'With one elsewhere', command: '<%= config.bin %> init --dev-url http://dev.example:1880/admin' },
		{
			description: 'With its user directory, for two instances that share the work',
			command: '<%= config.bin %> init --user-dir ~/.node-red --mode load-balanced',
		},
		{ description: 'For production in containers', command: '<%= config.bin %> init --target docker' },
		{ description: 'For production in pods of a cluster', command: '<%= config.bin %> init --target kubernetes' },
	];

	static override flags = {
		'dev-url': Flags.string({ description: "The dev Node-RED's address, with its admin root", exclusive: ['user-dir'] }),
		'user-dir': Flags.string({ description: "The dev Node-RED's user directory" }),
		environment: Flags.string({ char: 'e', description: 'The name of the first environment', default: 'production' }),
		mode: Flags.option({ options: modes, description: 'How that environment runs the flows', default: 'hot-spare' as const })(),
		target: Flags.option({
			options: targetKinds,
			description:
				'Where its instances run: as processes of this machine, as containers of a Docker Engine, or as pods of a Kubernetes cluster',
			default: 'process' as const,
		})(),
		force: Flags.boolean({ char: 'f', description: 'Overwrite a configuration that is there' }),
		yes: Flags.boolean({ char: 'y', description: 'Ask nothing' }),
	};

	async run(): Promise<Initialised> {
		const { config, environment, mode, target, force } = this.flags;
		if (!force) refuseExisting(config);
		const result = await initialise(config, { dev: await this.chooseDev(), environment, mode, target }, force, programEnvironment());
		this.log(renderInitialised(result, config, createTheme(process.stdout)));
		return result;
	}

	private async chooseDev(): Promise<Starter['dev']> {
		const { 'dev-url': url, 'user-dir': userDir, yes } = this.flags;
		if (url !== undefined) return { url };
		if (userDir !== undefined) return { userDir: this.portablePath(userDir) };
		if (yes || this.jsonEnabled() || !canPrompt()) return { url: DEFAULT_URL };
		if (await confirm(`Is the dev Node-RED at ${DEFAULT_URL}?`, true)) return { url: DEFAULT_URL };
		const usual = join(homeFolder(), '.node-red');
		if (existsSync(usual) && (await confirm('Read its user directory, ~/.node-red, instead?', true))) return { userDir: '~/.node-red' };
		throw new FlowferryError({
			code: 'INIT_DEV_UNKNOWN',
			message: 'Where the dev Node-RED is was not said',
			hint: 'Name it with --dev-url http://HOST:PORT or --user-dir FOLDER.',
		});
	}

	/** As the configuration reads paths: from its own folder, and `~` for the home that the shell has put in. */
	private portablePath(path: string): string {
		if (path.startsWith('~')) return path;
		const inHome = relative(homeFolder(), resolve(path));
		if (isAbsolute(path)) return inHome.startsWith('..') || isAbsolute(inHome) ? path : `~/${inHome}`;
		return relative(dirname(resolve(this.flags.config)), resolve(path)) || '.';
	}
}
