import { readFileSync } from 'node:fs';
import type { GatewayConfig } from '../lib/routers/gateway/protocol.ts';
import { StartFailure } from './start-failure.ts';

/** Shorter ones can be guessed. */
const minTokenLength = 32;

/** Reads and checks the file that the program is started with. */
export function readGatewayConfig(file: string | undefined): GatewayConfig {
	if (file === undefined) throw invalid('no file was named', 'Start it as `node main.js <config.json>`.');
	let value: Partial<Record<keyof GatewayConfig, unknown>>;
	try {
		value = JSON.parse(readFileSync(file, 'utf8')) ?? {};
	} catch (error) {
		throw invalid(`${file}: ${(error as Error).message}`);
	}
	const { name, host, port, tokenFile, stateFile } = value;
	if (!isText(name)) throw invalid(`${file}: name must be the environment's name`);
	if (!isText(host)) throw invalid(`${file}: host must be an address`);
	if (!Number.isInteger(port) || (port as number) < 0 || (port as number) > 65535)
		throw invalid(`${file}: port must be between 0 and 65535`);
	if (!isText(tokenFile) || !isText(stateFile)) throw invalid(`${file}: tokenFile and stateFile must be paths`);
	return { name, host, port: port as number, tokenFile, stateFile };
}

export function readToken(tokenFile: string): string {
	let token: string;
	try {
		token = readFileSync(tokenFile, 'utf8').trim();
	} catch (error) {
		throw invalid(`${tokenFile}: ${(error as Error).message}`);
	}
	if (token.length < minTokenLength) throw invalid(`${tokenFile} holds no token of ${minTokenLength} characters or more`);
	return token;
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

function invalid(message: string, hint = 'Start the gateway with `flowferry up`, which writes its configuration.'): StartFailure {
	return new StartFailure({ code: 'GATEWAY_CONFIG_INVALID', message, hint });
}
