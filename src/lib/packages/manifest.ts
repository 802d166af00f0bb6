import { createHash } from 'node:crypto';
import type { PaletteModule } from '../snapshot/snapshot.ts';

/** What npm is to install, as the text of a package.json: equal sets of packages give equal text. */

/** A snapshot's palette. */
export function paletteManifest(modules: readonly PaletteModule[]): string {
	return manifestOf('palette', Object.fromEntries(modules.map(({ name, version }) => [name, version])));
}

/** Node-RED itself. @param version exact */
export function nodeRedManifest(version: string): string {
	return manifestOf('node-red', { 'node-red': version });
}

/** A name for what a manifest asks for: 16 hex digits. */
export function digestOf(manifest: string): string {
	return createHash('sha256').update(manifest).digest('hex').slice(0, 16);
}

function manifestOf(name: string, dependencies: Record<string, string>): string {
	return `${JSON.stringify({ name: `flowferry-${name}`, private: true, dependencies }, null, '\t')}\n`;
}
