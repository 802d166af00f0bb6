import { createServer, type Server } from 'node:http';

/** What has the figures: prom-client's registry. */
export interface MetricsSource {
	contentType: string;
	metrics(): Promise<string>;
}

/**
 * Answers `GET /metrics`; to be opened on loopback or on a private network only, for Prometheus has no token of ours, and none is
 * asked for.
 */
export function createMetricsServer(source: MetricsSource): Server {
	return createServer((request, response) => {
		if (request.method !== 'GET' || request.url !== '/metrics') return response.writeHead(404).end();
		source.metrics().then(
			(text) => response.writeHead(200, { 'content-type': source.contentType }).end(text),
			() => response.writeHead(500).end(),
		);
	});
}
