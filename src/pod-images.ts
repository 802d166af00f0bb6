import type { NamedEnvironment } from './lib/config/environment-of.ts';
import type { Redact } from './lib/config/secrets.ts';
import type { PackageSupply } from './lib/packages/supply.ts';
import { namedImages, type PodImages } from './lib/targets/pod-images.ts';

export interface PodImagesOptions {
	environment: NamedEnvironment;
	env: Readonly<Record<string, string | undefined>>;
	packages: PackageSupply;
	redact: Redact;
	/** What `--image` says. */
	image: string | undefined;
}

/** Where pods of an environment get their images: built here, where its configuration says so; else by their names. */
export async function podImages({ environment, env, packages, redact, image }: PodImagesOptions): Promise<PodImages> {
	const { name, kubernetes, docker, timeouts } = environment;
	if (image !== undefined || !kubernetes.build) return namedImages(image ?? kubernetes.image, name);
	const { engineImages } = await import('./lib/targets/docker/image/engine-images.ts');
	const { host, context, image: base } = docker;
	return engineImages({ host, context, env, base, name: kubernetes.image ?? null, packages, installMs: timeouts.installMs, redact });
}
