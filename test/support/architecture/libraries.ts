/** Each library that the product uses, and the only folders or files that may import it. */
export const libraryOwners: Record<string, string[]> = {
	'@inquirer/confirm': ['src/lib/ui/prompts.ts'],
	// The Kubernetes API, by the Kubernetes project.
	'@kubernetes/client-node': ['src/lib/kubernetes/', 'src/lib/targets/kubernetes/'],
	// The command layer. What commands share is beside their folder: oclif takes each file in it for a command.
	'@oclif/core': ['src/base-command.ts', 'src/commands/', 'src/environment-command.ts', 'src/promotion-flags.ts'],
	// The age file format, by its author: seals credentials.
	'age-encryption': ['src/lib/snapshot/sealing/'],
	acorn: ['src/lib/flows/', 'src/lib/lint/'],
	'acorn-walk': ['src/lib/flows/', 'src/lib/lint/'],
	chalk: ['src/lib/ui/theme.ts'],
	// jsdiff: lines of code and text.
	diff: ['src/lib/flows/diff/'],
	// The Docker Engine's API.
	dockerode: ['src/lib/targets/docker/'],
	execa: ['src/lib/adapters/'],
	'http-proxy-3': ['src/gateway/'],
	jsonata: ['src/lib/flows/', 'src/lib/lint/'],
	listr2: ['src/lib/ui/'],
	mqtt: ['src/lib/cutover/checks/', 'src/lib/drill/messages.ts'],
	'prom-client': ['src/gateway/', 'src/runner/'],
	'simple-git': ['src/lib/adapters/'],
	// In an image's build context it writes headers alone.
	tar: ['src/lib/bundle/', 'src/lib/targets/docker/'],
	'write-file-atomic': ['src/lib/adapters/'],
	yaml: ['src/lib/config/'],
	zod: ['src/lib/config/'],
};

/** Used by oclif by name, never imported. */
export const pluginsByName = ['@oclif/plugin-help'];

/** The package of an import: `@oclif/core` of `@oclif/core/flags`; undefined for our own files and Node's modules. */
export function packageOf(target: string): string | undefined {
	if (target.startsWith('node:') || target.startsWith('src/')) return undefined;
	return target
		.split('/')
		.slice(0, target.startsWith('@') ? 2 : 1)
		.join('/');
}

interface Restriction {
	includes: string[];
	linter: { rules: { style: { noRestrictedImports: { level: 'error'; options: { patterns: { group: string[]; message: string }[] } } } } };
}

/**
 * The same walls for biome.json, so that an editor shows them. A later override replaces an earlier one's options, so each
 * owner gets the whole list without its own.
 */
export function buildRestrictions(owners: Record<string, string[]>): Restriction[] {
	const libraries = Object.keys(owners).sort();
	const restrict = (includes: string, own: string[]): Restriction => {
		const group = libraries.filter((library) => !own.includes(library));
		const patterns = [{ group, message: 'This library has one owner: see test/support/architecture/libraries.ts.' }];
		return { includes: [includes], linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { patterns } } } } } };
	};
	const places = [...new Set(Object.values(owners).flat())].sort();
	return [
		restrict('src/**', []),
		...places.map((place) => {
			const own = libraries.filter((library) =>
				owners[library]!.some((owner) => place === owner || (owner.endsWith('/') && place.startsWith(owner))),
			);
			return restrict(place.endsWith('/') ? `${place}**` : place, own);
		}),
	];
}
