import { execFileSync } from 'node:child_process';

/** A network namespace's link to this machine. */
export interface Link {
	/** Addresses of a network that has no others. */
	inside: string;
	outside: string;
	/** Of its two ends. */
	interfaces: { inside: string; outside: string };
}

/** A namespace with a link to this machine. Needs root on Linux. @param id unlike any other's, six characters */
export function createNamespace(namespace: string, id: string): Link {
	const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });
	const [outer, inner] = [`ffe-${id}`, `ffi-${id}`];
	const network = freeNetwork();
	ip('netns', 'add', namespace);
	try {
		ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', namespace);
		ip('address', 'add', `${network}.1/30`, 'dev', outer);
		ip('link', 'set', outer, 'up');
		const inside = (...args: string[]) => ip('-netns', namespace, ...args);
		inside('link', 'set', 'lo', 'up');
		inside('address', 'add', `${network}.2/30`, 'dev', inner);
		inside('link', 'set', inner, 'up');
		// Nothing is reached by it; dockerd and containers want to have one.
		inside('route', 'add', 'default', 'via', `${network}.1`);
	} catch (error) {
		ip('netns', 'delete', namespace);
		throw error;
	}
	return { inside: `${network}.2`, outside: `${network}.1`, interfaces: { inside: inner, outside: outer } };
}

/** Of 10.213.0.0/16, one that no interface has. */
function freeNetwork(): string {
	const taken = execFileSync('ip', ['-4', '-o', 'address'], { encoding: 'utf8' });
	const offset = process.pid % 250;
	for (let i = 0; i < 250; i++) {
		const network = `10.213.${(offset + i) % 250}`;
		if (!taken.includes(` ${network}.`)) return network;
	}
	throw new Error('10.213.0.0/16 is all taken');
}
