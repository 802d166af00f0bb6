import type { GatewayConfig, GatewayFailure } from '../lib/routers/gateway/protocol.ts';

/** Why the gateway cannot serve: something that the user can change. */
export class StartFailure extends Error {
	readonly facts: GatewayFailure;

	constructor(facts: GatewayFailure) {
		super(facts.message);
		this.facts = facts;
	}
}

/** Puts an error of listening into words; errors that the user cannot change come back as they are. */
export function explainListenError(error: NodeJS.ErrnoException, { name, host, port }: GatewayConfig): Error {
	const address = `${host}:${port}`;
	const key = `environments.${name}`;
	switch (error.code) {
		case 'EADDRINUSE':
			return new StartFailure({
				code: 'PORT_IN_USE',
				message: `${address} is in use by another program`,
				hint: `Set ${key}.port to a free port, or end the program that has it (\`lsof -i :${port}\` names it).`,
			});
		case 'EACCES':
			return new StartFailure({
				code: 'PORT_NOT_ALLOWED',
				message: `this user may not listen on ${address}`,
				hint: `Set ${key}.port to a port of 1024 or more.`,
			});
		case 'EADDRNOTAVAIL':
		case 'ENOTFOUND':
			return new StartFailure({
				code: 'ADDRESS_NOT_AVAILABLE',
				message: `${host} is not an address of this machine`,
				hint: `Set ${key}.host to one of its addresses; 0.0.0.0 serves on all of them.`,
			});
		default:
			return error;
	}
}
