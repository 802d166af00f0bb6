import { join, resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { findSnapshot } from '../../compared-snapshot.ts';
import { createContext, workingFolder } from '../../context.ts';
import { environmentArgs } from '../../environment-command.ts';
import { environmentOf } from '../../lib/config/environment-of.ts';
import { renderManifests } from '../../lib/ui/render-manifests.ts';
import { createTheme } from '../../lib/ui/theme.ts';

/** The contract of `export kubernetes --json`. */
interface Result {
	environment: string;
	/** Absolute. */
	folder: string;
	/** For `kubectl apply -k`; absolute. */
	entry: string;
	/** Their paths below the folder; `kept`: the user's own, which was there already. */
	files: { path: string; kept: boolean }[];
	/** The Secrets that `slot/secrets.template.yaml` has placeholders for. */
	fill: { secret: string; key: string; values: string[] }[];
}

export default class ExportKubernetes extends BaseCommand<typeof ExportKubernetes> {
	static override summary = 'Write manifests for the lasting part of an environment on Kubernetes';
	static override description =
		"Services, permissions, the network policy and the disruption budget, exactly as flowferry makes them, with a kustomization: for those who keep a cluster's objects in git. No cluster is asked. With --snapshot also the pods of that snapshot as a promotion would make them, below slot/, to review; its Secrets come as a template without values. A promotion applies the same objects server-side, as the field manager flowferry: what it does not say, others may set, and keep.";

	static override examples = [
		{ description: 'Into a folder of a repository', command: '<%= config.bin %> export kubernetes production --output deploy' },
		{
			description: 'With an overlay for changes of your own, which later exports leave alone',
			command: '<%= config.bin %> export kubernetes production --output deploy --overlay',
		},
		{
			description: 'With the pods of a snapshot, to review',
			command: '<%= config.bin %> export kubernetes production --output deploy --snapshot 3f9a1c0 --image registry.example/plant:7',
		},
		{
			description: 'For a cluster before Kubernetes 1.21',
			command: '<%= config.bin %> export kubernetes production --output deploy --cluster-version 1.20',
		},
	];

	static override args = environmentArgs;
	static override flags = {
		output: Flags.string({
			char: 'o',
			description: 'The folder to write into; made where it is not there',
			helpValue: 'DIR',
			required: true,
		}),
		snapshot: Flags.string({
			description:
				'Also the pods of this one: the id (7 digits or more) or tag of a stored snapshot, an environment for what it runs, or dev',
		}),
		image: Flags.string({ description: "What its pods run; default: the environment's kubernetes.image", dependsOn: ['snapshot'] }),
		overlay: Flags.boolean({ description: 'Write into base/ENVIRONMENT, and beside it overlays/ENVIRONMENT, which is yours to change' }),
		namespace: Flags.string({ char: 'n', description: "Default: the environment's kubernetes.namespace" }),
		'cluster-version': Flags.string({ description: 'The version of Kubernetes, such as 1.20; default: 1.21 or later' }),
	};

	async run(): Promise<Result> {
		const { output, snapshot: named, image, overlay, namespace, 'cluster-version': version } = this.flags;
		const context = await createContext(this.flags.config);
		const environment = environmentOf(context.config, this.args.environment);
		const found = named === undefined ? undefined : await findSnapshot(context, named);
		const { renderManifests: render, writeManifests } = await import('../../lib/targets/kubernetes/export/export-kubernetes.ts');
		const { redact } = context;
		const manifests = render({ environment, namespace, version, withOverlay: overlay, snapshot: found?.snapshot, image, redact });
		const folder = resolve(workingFolder(), output);
		const files = await writeManifests(folder, manifests.files);
		const { entry, fill } = manifests;
		this.log(renderManifests({ files, fill }, { folder: output, apply: join(output, entry) }, createTheme(process.stdout)));
		return { environment: environment.name, folder, entry: join(folder, entry), files, fill };
	}
}
