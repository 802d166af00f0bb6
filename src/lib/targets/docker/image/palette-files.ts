import { createHash } from 'node:crypto';
import { lockToFiles } from '../../../packages/lock.ts';
import type { Shipment } from '../../../packages/supply.ts';
import type { ArchiveFile } from '../archive.ts';

/** Where a build finds its packages. */
const TARBALLS = '/flowferry/tarballs';

/** What the build of a palette's image finds: what npm is to install, by files alone. */
export function paletteFiles(manifest: string, { lock, tarballs }: Shipment): ArchiveFile[] {
	return [
		{ path: 'palette/package.json', content: manifest },
		{ path: 'palette/package-lock.json', content: lockToFiles(lock, (integrity) => `${TARBALLS}/${fileNameOf(integrity)}`) },
		...[...tarballs].map(([integrity, file]) => ({ path: `tarballs/${fileNameOf(integrity)}`, content: { file } })),
	];
}

function fileNameOf(integrity: string): string {
	return `${createHash('sha256').update(integrity).digest('hex')}.tgz`;
}

const YEAR_2000 = 946_684_800;
const TWENTY_YEARS = 631_152_000;

/**
 * The time of a palette's files, in seconds since 1970: the same for the same packages. Not one for all: web servers tell a file's
 * versions apart by its size and time.
 */
export function fileTimeOf(lock: string): string {
	return String(YEAR_2000 + (createHash('sha256').update(lock).digest().readUInt32BE() % TWENTY_YEARS));
}
