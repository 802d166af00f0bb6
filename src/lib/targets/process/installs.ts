import { existsSync } from 'node:fs';
import type { SnapshotContent } from '../../snapshot/snapshot.ts';
import type { Layout } from '../layout.ts';
import { findNodeRed, paletteFolder } from './packages.ts';

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
	const isThere = palette.length === 0 || existsSync(paletteFolder(layout.palettes, palette));
	const modules = isThere ? [] : palette.map(({ name, version }) => `${name}@${version}`);
	if (nearby === null || (await findNodeRed(layout.nodeReds, nearby, nodeRed.version)) !== null) return modules;
	return [`node-red@${nodeRed.version}`, ...modules];
}
