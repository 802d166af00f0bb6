import { aliasOf, type Names } from './names.ts';

/** A container as an engine's list has it. */
export interface FoundContainer {
	name: string;
	/** The engine's word: `running`, `paused`, `restarting`, `exited`, `created`, `dead`. */
	state: string;
	/** The engine's sentence: `Exited (137) 5 seconds ago`. */
	says: string;
	/** Of the networks that it is in. */
	networks: string[];
}

/** What should run. */
export interface Wanted {
	/** `blue/0`, `router` or `keeper`. */
	part: string;
	environment: string;
	names: Names;
}

/**
 * What somebody did to a container by hand, or befell it, and what mends that; null where it runs as it should. Pure.
 * @param found undefined: there is no such container
 */
export function oddityOf({ part, environment, names }: Wanted, found: FoundContainer | undefined): string | null {
	const [name, what] = part === 'router' || part === 'keeper' ? [names[part], `the ${part}`] : [names.instance(part), part];
	const its = `the container ${name} of ${what}`;
	// Every command needs the keeper, and so has brought it back.
	const remedy = part === 'keeper' ? 'it has been brought back now' : `flowferry up ${environment} brings it back`;
	if (!found) return `${its} is gone: ${remedy}`;
	switch (found.state) {
		case 'running':
			if (found.networks.includes(names.network)) return null;
			return `${its} is cut off from its network: docker network connect --alias ${aliasOf(part)} ${names.network} ${name}`;
		case 'paused':
			return `${its} is paused: ${part === 'keeper' ? remedy : `docker unpause ${name}`}`;
		case 'restarting':
			return `${its} ends again and again (${found.says}): docker logs ${name} tells why`;
		default:
			return `${its} does not run (${found.says}), and the engine does not start it, as somebody stopped it: ${remedy}`;
	}
}
