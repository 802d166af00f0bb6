import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readNodeRedVersion } from '../../node-red/installed.ts';
import { digestOf, paletteManifest } from '../../packages/manifest.ts';
import type { SnapshotContent } from '../../snapshot/snapshot.ts';
import type { Layout } from './layout.ts';

/**
 * What `prepare` would install for a snapshot, as `name@version`. A palette is installed as a whole, so either all of its modules
 * are named or none.
 * @param nearby folders in which Node-RED may be found; null where the configuration names one, which is taken or refused
 */
export async function findInstalls(
	layout: Layout,
	{ palette, nodeRed }: SnapshotContent,
	nearby: readonly string[] | null,
): Promise<string[]> {
	const isThere = palette.length === 0 || existsSync(join(layout.palettes, digestOf(paletteManifest(palette))));
	const modules = isThere ? [] : palette.map(({ name, version }) => `${name}@${version}`);
	if (nearby === null || existsSync(join(layout.nodeReds, nodeRed.version))) return modules;
	const versions = await Promise.all(nearby.map(readNodeRedVersion));
	return versions.includes(nodeRed.version) ? modules : [`node-red@${nodeRed.version}`, ...modules];
}
