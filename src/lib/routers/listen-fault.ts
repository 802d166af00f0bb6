/** Why an address cannot be had, and what to do. */
export interface ListenFault {
	code: 'PORT_IN_USE' | 'PORT_NOT_ALLOWED' | 'ADDRESS_NOT_AVAILABLE';
	message: string;
	hint: string;
}

/** Where an environment is to serve. */
export interface PublicAddress {
	/** The environment's name. */
	name: string;
	host: string;
	port: number;
}

/**
 * Puts an error of listening into words; null for what the user cannot change.
 * @param code `EADDRINUSE` and the like
 * @param portKey the key that the port stands under
 */
export function explainListenFault(code: string | undefined, address: PublicAddress, portKey = 'port'): ListenFault | null {
	const { name, host, port } = address;
	const where = `${host}:${port}`;
	const key = `environments.${name}`;
	switch (code) {
		case 'EADDRINUSE':
			return {
				code: 'PORT_IN_USE',
				message: `${where} is in use by another program`,
				hint: `Set ${key}.${portKey} to a free port, or end the program that has it (\`lsof -i :${port}\` names it).`,
			};
		case 'EACCES':
			return {
				code: 'PORT_NOT_ALLOWED',
				message: `this user may not listen on ${where}`,
				hint: `Set ${key}.${portKey} to a port of 1024 or more.`,
			};
		case 'EADDRNOTAVAIL':
		case 'ENOTFOUND':
			return {
				code: 'ADDRESS_NOT_AVAILABLE',
				message: `${host} is not an address of this machine`,
				hint: `Set ${key}.host to one of its addresses; 0.0.0.0 serves on all of them.`,
			};
		default:
			return null;
	}
}

/** An address that can be opened, also where a router listens on all of them. */
export function userFacing(host: string): string {
	if (host === '0.0.0.0' || host === '::') return 'localhost';
	return host.includes(':') ? `[${host}]` : host;
}

/** Whether a router that runs at `url` is where the configuration wants it. */
export function isAt(url: string, { host, port }: Pick<PublicAddress, 'host' | 'port'>): boolean {
	const at = new URL(url);
	return at.hostname === userFacing(host).toLowerCase() && (port === 0 || Number(at.port || 80) === port);
}
