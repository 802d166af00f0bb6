import type { BundleManifest, BundleSummary, SealState } from './bundle.ts';
import { LOCKS, PACKAGES, PLAN_FILE } from './bundle.ts';

/** @param place the file, and its size in bytes */
export function summariseBundle(
	manifest: BundleManifest,
	seal: SealState,
	{ file, bytes }: { file: string; bytes: number },
): BundleSummary {
	const { snapshot, tool, created, by, files, installScripts } = manifest;
	const paths = Object.keys(files);
	return {
		file,
		bytes,
		snapshot,
		tool,
		created,
		by,
		packages: paths.filter((path) => path.startsWith(`${PACKAGES}/`)).length,
		nodeRed: paths.includes(`${LOCKS}/node-red.json`),
		plan: paths.includes(PLAN_FILE),
		seal,
		installScripts,
	};
}
