import type { PackageSet } from '../packages/supply.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/**
 * A bundle is one file that carries a release into a network without a connection: a tar archive of
 * - `bundle.json`: the `BundleManifest`, which names every other file with its checksum
 * - `snapshot.json`: the snapshot document
 * - `plan.json`: a saved plan, where one was given
 * - `locks/<name>.json`: each set of packages to install, with its package-lock
 * - `packages/<name>-<version>.tgz`: what the sets consist of, as the npm registry has it
 */
export interface BundleManifest {
	format: typeof BUNDLE_FORMAT;
	/** Raised when an older flowferry could not read what a newer one writes. */
	version: typeof BUNDLE_VERSION;
	/** Of the flowferry that wrote it. */
	tool: string;
	/** The id of the snapshot. */
	snapshot: string;
	/** ISO 8601, UTC. */
	created: string;
	/** `Name <mail>`. */
	by: string;
	/** By path in the archive: sha256 of the file, as 64 hex digits. */
	files: Record<string, string>;
	/** Packages that run programs of theirs when they are installed, which may want a network: `name@version`. */
	installScripts: string[];
	/** A stamp over all of the above, by the passphrase with which credentials are sealed, too; null where there was none. */
	seal: string | null;
}

/**
 * What is known of who wrote a bundle.
 * - `checked`: somebody who has the passphrase that is set here
 * - `unchecked`: it is sealed, and there is no passphrase here
 * - `none`: anybody
 */
export type SealState = 'checked' | 'unchecked' | 'none';

export const BUNDLE_FORMAT = 'flowferry-bundle';
export const BUNDLE_VERSION = 1;

export const MANIFEST_FILE = 'bundle.json';
export const SNAPSHOT_FILE = 'snapshot.json';
export const PLAN_FILE = 'plan.json';
export const LOCKS = 'locks';
export const PACKAGES = 'packages';

/** One whose every file has been checked. */
export interface OpenBundle {
	manifest: BundleManifest;
	seal: SealState;
	snapshot: Snapshot;
	/** The text of a saved plan; null where it has none. */
	plan: string | null;
	sets: PackageSet[];
	/** Where each package lies, by integrity; gone when the bundle is closed. */
	tarballs: ReadonlyMap<string, string>;
}

/** What a bundle holds, for people and programs. */
export interface BundleSummary {
	file: string;
	bytes: number;
	snapshot: string;
	tool: string;
	created: string;
	by: string;
	/** How many packages. */
	packages: number;
	/** Whether Node-RED itself is among them. */
	nodeRed: boolean;
	/** Whether it holds a saved plan. */
	plan: boolean;
	seal: SealState;
	installScripts: string[];
}
