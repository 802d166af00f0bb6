import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { DEV, findSnapshot } from '../../compared-snapshot.ts';
import { createContext, programEnvironment } from '../../context.ts';
import type { BuiltImage } from '../../lib/targets/docker/image/release-image.ts';
import { renderImage } from '../../lib/ui/render-image.ts';
import { renderWarning } from '../../lib/ui/render-snapshot.ts';
import { createTheme } from '../../lib/ui/theme.ts';

/** npm's calls take long where the registry is far away. */
const NPM_TIMEOUT_MS = 600_000;

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
		"On the Docker Engine that the docker command would use (DOCKER_HOST, its context, this machine's): Node-RED's image, with flowferry's runner, the snapshot's palette and its flows. It holds no credentials and no variables. What the engine has already is not built again. To share the image, give it a name with --tag and use `docker push`.";

	static override examples = [
		{ description: 'What the dev Node-RED runs now', command: '<%= config.bin %> image build' },
		{
			description: 'A stored snapshot, for a registry',
			command: '<%= config.bin %> image build --snapshot 3f9a1c0 --tag registry.example/plant:7',
		},
		{
			description: 'On an image of your own, made from one of Node-RED',
			command: '<%= config.bin %> image build --base registry.example/node-red:5.0.7',
		},
	];

	static override flags = {
		snapshot: Flags.string({
			description: 'The id (7 digits or more) or tag of a stored snapshot, an environment for what it runs, or dev',
			default: DEV,
		}),
		tag: Flags.string({ description: 'One name more for the image' }),
		base: Flags.string({
			description: "The image with Node-RED in it; {nodeRed} stands for the snapshot's version",
			default: 'nodered/node-red:{nodeRed}',
		}),
	};

	async run(): Promise<ImageResult> {
		const context = await createContext(this.flags.config);
		const { snapshot, warnings } = await findSnapshot(context, this.flags.snapshot);
		const image = await this.build(context, snapshot);
		this.log(renderImage(image, snapshot.id, createTheme(process.stdout)));
		for (const warning of warnings) this.logToStderr(renderWarning(warning, createTheme(process.stderr)));
		return { ...image, snapshot: snapshot.id, warnings };
	}

	private async build(
		context: Awaited<ReturnType<typeof createContext>>,
		snapshot: Awaited<ReturnType<typeof findSnapshot>>['snapshot'],
	): Promise<BuiltImage> {
		const [{ connectEngine }, { ensureReleaseImage }] = await Promise.all([
			import('../../lib/targets/docker/engine.ts'),
			import('../../lib/targets/docker/image/release-image.ts'),
		]);
		const { base, tag } = this.flags;
		const engine = await connectEngine({ env: programEnvironment() });
		try {
			return await ensureReleaseImage(engine.docker, {
				snapshot,
				base: base.replaceAll('{nodeRed}', snapshot.content.nodeRed.version),
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
