import type { HoldBackend } from './hold-backends.ts';

/** The files beside the configuration, by names relative to the folder in which HAProxy runs: a socket's path must be short. */
export const socketName = 'haproxy.sock';
export const occupantName = 'occupant.sock';
/** By which the parts of one HAProxy reach each other, as the template has them. */
export const innerSocketNames = ['inner.sock', 'seat.sock', 'nowhere.sock'];
/** The map that the traffic follows; the runtime socket knows it by this name. */
export const mapName = 'traffic.map';

export interface HaproxyAddress {
	host: string;
	port: number;
	/** Where users connect, as flows are told; default: the same. */
	publicPort?: number;
	/** Null: none. */
	metricsPort: number | null;
	/** Where they are served; default 127.0.0.1. */
	metricsHost?: string;
	/** A file with the certificate, its chain and its key, as HAProxy sees it: then it serves HTTPS. */
	certificate?: string;
	/** How long a request that no server accepts is tried again. */
	takeoverMs: number;
}

/** Between two tries of a request that the only server refuses: HAProxy waits as long as a connection may take, at most 1 s. */
const retryMs = 100;

/**
 * Fills in the template. Pure.
 * @param template `templates/haproxy.cfg`
 */
export function renderHaproxyConfig(template: string, address: HaproxyAddress, holds: readonly HoldBackend[]): string {
	const { host, port, publicPort = port, metricsPort, metricsHost = '127.0.0.1', certificate, takeoverMs } = address;
	const values: Record<string, string> = {
		socket: socketName,
		occupant: occupantName,
		map: mapName,
		bind: `${bindHost(host)}:${port}${certificate === undefined ? '' : ` ssl crt ${certificate} alpn http/1.1`}`,
		publicPort: String(publicPort),
		proto: certificate === undefined ? 'http' : 'https',
		retryMs: String(retryMs),
		retries: String(Math.ceil(takeoverMs / retryMs)),
		waiting: holds.map(({ name }) => `\thttp-request set-var(txn.waiting) queue(${name}) if { var(txn.hold) -m str ${name} }`).join('\n'),
		holds: holds
			.map(({ name, maxMs }) => `backend ${name}\n\ttimeout queue ${maxMs}\n\tserver gate unix@inner.sock maxconn 1`)
			.join('\n\n'),
		metrics: metricsPort === null ? '' : metricsFrontend(metricsHost, metricsPort),
		nowhere: holds.map(({ name }) => `\tserver ${name} unix@nowhere.sock`).join('\n'),
	};
	return template.replaceAll(/\{\{(\w+)\}\}/g, (text, name: string) => values[name] ?? text);
}

/** The map as HAProxy reads it at its start: closed, until it is told what to do. */
export const initialMap = 'state closed\nhold -\nroom 0\nsince -\n';

function metricsFrontend(host: string, port: number): string {
	const rules = ['http-request use-service prometheus-exporter if { path /metrics }', 'http-request return status 404'];
	return [`frontend metrics`, `bind ${host}:${port}`, ...rules].join('\n\t');
}

function bindHost(host: string): string {
	if (host === '::') return '[::]';
	return host.includes(':') ? `[${host}]` : host;
}
