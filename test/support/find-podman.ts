import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';

/** Of Debian: Podman itself, its networks, their names, and the init of its containers. */
export const PODMAN_PACKAGES = ['podman', 'netavark', 'aardvark-dns', 'catatonit'];

/** Where Podman looks for the programs that it starts. */
const HELPERS = ['/usr/libexec/podman', '/usr/lib/podman', '/usr/local/libexec/podman', '/usr/local/lib/podman'];

/** Podman, where it is here with all that flowferry needs of it. */
export function findPodman(): string | undefined {
	const has = (helper: string) => HELPERS.some((folder) => existsSync(join(folder, helper)));
	return ['netavark', 'aardvark-dns', 'catatonit'].every(has) ? findProgram('podman') : undefined;
}
