import { readFileSync } from 'node:fs';
import type { GatewayConfig } from '../lib/routers/gateway/protocol.ts';
import { StartFailure } from './start-failure.ts';
import { readTrafficOrder } from './traffic-order.ts';

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
	if (!isPort(port)) throw invalid(`${file}: port must be between 0 and 65535`);
	if (!isText(tokenFile) || !isText(stateFile)) throw invalid(`${file}: tokenFile and stateFile must be paths`);
	const { webSockets = 'keep', takeover, accessLog = null, metricsPort = null, controlPort = 0, leaveMs = 0 } = value;
	if (webSockets !== 'keep' && webSockets !== 'close') throw invalid(`${file}: webSockets must be keep or close`);
	if (!isLimits(takeover)) throw invalid(`${file}: takeover must have a positive maxMs and maxRequests`);
	if (metricsPort !== null && !isPort(metricsPort)) throw invalid(`${file}: metricsPort must be a port or null`);
	if (!isAccessLog(accessLog)) throw invalid(`${file}: accessLog must have a file and maxBytes, or be null`);
	if (!isPort(controlPort)) throw invalid(`${file}: controlPort must be a port`);
	if (leaveMs !== 0 && !isCount(leaveMs)) throw invalid(`${file}: leaveMs must be milliseconds, or 0`);
	const traffic = readFirstTraffic(file, value.traffic);
	return { name, host, port, controlPort, tokenFile, stateFile, traffic, leaveMs, webSockets, takeover, accessLog, metricsPort };
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

function readFirstTraffic(file: string, traffic: unknown = { state: 'closed' }): GatewayConfig['traffic'] {
	const read = readTrafficOrder(traffic);
	if ('reason' in read) throw invalid(`${file}: traffic: ${read.reason}`);
	if (read.order.state === 'held') throw invalid(`${file}: traffic must be flowing or closed`);
	return read.order;
}

function isPort(value: unknown): value is number {
	return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65535;
}

function isLimits(value: unknown): value is GatewayConfig['takeover'] {
	const { maxMs, maxRequests } = (value ?? {}) as Partial<Record<string, unknown>>;
	return isCount(maxMs) && isCount(maxRequests);
}

function isAccessLog(value: unknown): value is GatewayConfig['accessLog'] {
	if (value === null) return true;
	const { file, maxBytes } = value as Partial<Record<string, unknown>>;
	return isText(file) && isCount(maxBytes);
}

function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && (value as number) > 0;
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

function invalid(message: string, hint = 'Start the gateway with `flowferry up`, which writes its configuration.'): StartFailure {
	return new StartFailure({ code: 'GATEWAY_CONFIG_INVALID', message, hint });
}
