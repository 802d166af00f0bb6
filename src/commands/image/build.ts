import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { DEV, findSnapshot } from '../../compared-snapshot.ts';
import { type Context, createContext, programEnvironment } from '../../context.ts';
import { environmentOf } from '../../lib/config/environment-of.ts';
import { FlowferryError } from '../../lib/errors/flowferry-error.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import type { BuiltImage } from '../../lib/targets/docker/image/release-image.ts';
import { renderImage } from '../../lib/ui/render-image.ts';
import { renderWarning } from '../../lib/ui/render-snapshot.ts';
import { createTheme } from '../../lib/ui/theme.ts';

/** npm's calls take long where the registry is far away. */
const NPM_TIMEOUT_MS = 600_000;
/** As `docker.image` has it where the configuration says nothing. */
const DEFAULT_BASE = 'nodered/node-red:{nodeRed}';

/** The contract of `flowferry image build --json`. */
interface ImageResult extends BuiltImage {
	/** The snapshot's whole id. */
	snapshot: string;
	/** What the snapshot could not hold, as sentences. */
	warnings: string[];
}

export default class BuildImage extends BaseCommand<typeof BuildImage> {
	static override summary = 'Build the Docker image that runs a snapshot';
	static override description =
		"On an environment's Docker Engine, or where none is named on the one that the docker command would use (DOCKER_HOST, its context, this machine's): Node-RED's image, with flowferry's runner, the snapshot's palette and its flows. It holds no credentials and no variables. What the engine has already is not built again. To share the image, give it a name with --tag and use `docker push`; `promote --image` brings it into production.";

	static override examples = [
		{ description: 'What the dev Node-RED runs now', command: '<%= config.bin %> image build' },
		{
			description: 'A stored snapshot, for a registry',
			command: '<%= config.bin %> image build --snapshot 3f9a1c0 --tag registry.example/plant:7',
		},
		{
			description: 'As production has it built: on its base, and at its engine',
			command: '<%= config.bin %> image build production --tag registry.example/plant:7',
		},
		{
			description: 'On an image of your own, made from one of Node-RED',
			command: '<%= config.bin %> image build --base registry.example/node-red:5.0.7',
		},
	];

	static override args = {
		environment: Args.string({ description: 'Whose docker section says which base is taken, and at which engine it is built' }),
	};
	static override flags = {
		snapshot: Flags.string({
			description: 'The id (7 digits or more) or tag of a stored snapshot, an environment for what it runs, or dev',
			default: DEV,
		}),
		tag: Flags.string({ description: 'One name more for the image' }),
		base: Flags.string({
			description:
				"The image with Node-RED in it; {nodeRed} stands for the snapshot's version; default: the environment's docker.image, else nodered/node-red:{nodeRed}",
		}),
	};

	async run(): Promise<ImageResult> {
		const context = await createContext(this.flags.config);
		const { snapshot, warnings } = await findSnapshot(context, this.flags.snapshot);
		const image = await this.build(context, snapshot, this.settings(context));
		this.log(renderImage(image, snapshot.id, createTheme(process.stdout)));
		for (const warning of warnings) this.logToStderr(renderWarning(warning, createTheme(process.stderr)));
		return { ...image, snapshot: snapshot.id, warnings };
	}

	/** Of the environment's section: what decides where and on what it is built. */
	private settings({ config }: Context): { host?: string | undefined; context?: string | undefined; image: string } {
		const { environment: name } = this.args;
		if (name === undefined) return { image: DEFAULT_BASE };
		const { target, docker } = environmentOf(config, name);
		if (target !== 'process') return docker;
		throw new FlowferryError({
			code: 'IMAGE_USELESS',
			message: `${name} runs no images: its instances are processes of this machine`,
			hint: `leave ${name} out, or have it run on Docker or Kubernetes: environments.${name}.target`,
		});
	}

	private async build(
		context: Context,
		snapshot: Snapshot,
		{ host, context: dockerContext, image }: ReturnType<BuildImage['settings']>,
	): Promise<BuiltImage> {
		const [{ connectEngine }, { baseImage }, { ensureReleaseImage }] = await Promise.all([
			import('../../lib/targets/docker/engine.ts'),
			import('../../lib/targets/docker/image/base-image.ts'),
			import('../../lib/targets/docker/image/release-image.ts'),
		]);
		const { base = image, tag } = this.flags;
		const engine = await connectEngine({ host, context: dockerContext, env: programEnvironment() });
		try {
			return await ensureReleaseImage(engine.docker, {
				snapshot,
				base: baseImage(base, snapshot.content.nodeRed.version),
				supply: context.packages,
				timeoutMs: NPM_TIMEOUT_MS,
				tag,
				redact: context.redact,
				progress: (message) => this.note(message),
				signal: this.untilInterrupted(),
			});
		} finally {
			engine.close();
		}
	}
}
