import type { TrafficOrder } from '../lib/routers/gateway/protocol.ts';
import type { HoldLimits, Upstream } from '../lib/routers/router.ts';

/** A timer of more would fire at once. */
const longestMs = 2 ** 31 - 1;

/** An order, or why it is none. */
export type ReadOrder = { order: TrafficOrder } | { reason: string };

class Invalid extends Error {}

/** Reads the body of `PUT /traffic`. */
export function readTrafficOrder(body: unknown): ReadOrder {
	try {
		return { order: toOrder(toRecord(body, 'the body')) };
	} catch (error) {
		if (error instanceof Invalid) return { reason: error.message };
		throw error;
	}
}

function toOrder(body: Record<string, unknown>): TrafficOrder {
	switch (body.state) {
		case 'flowing':
			return { state: 'flowing', upstreams: toUpstreams(body.upstreams), ...toMoved(body.moved) };
		case 'held':
			return { state: 'held', limits: toLimits(toRecord(body.limits, 'limits')) };
		case 'closed':
			return { state: 'closed' };
		default:
			throw new Invalid('state must be "flowing", "held" or "closed"');
	}
}

function toMoved(moved: unknown): { moved?: true } {
	if (moved !== undefined && typeof moved !== 'boolean') throw new Invalid('moved must be true or false');
	return moved ? { moved } : {};
}

function toLimits({ maxMs, maxRequests }: Record<string, unknown>): HoldLimits {
	if (!isCount(maxMs) || maxMs > longestMs) throw new Invalid(`limits.maxMs must be an integer between 1 and ${longestMs}`);
	if (!isCount(maxRequests)) throw new Invalid('limits.maxRequests must be a positive integer');
	return { maxMs, maxRequests };
}

function toUpstreams(value: unknown): Upstream[] {
	if (!Array.isArray(value) || value.length === 0) throw new Invalid('upstreams must be a list with at least one entry; for none, close');
	const upstreams = value.map((entry, index) => toUpstream(entry, `upstreams[${index}]`));
	if (new Set(upstreams.map(({ instance }) => instance)).size < upstreams.length) throw new Invalid('upstreams name an instance twice');
	return upstreams;
}

function toUpstream(value: unknown, place: string): Upstream {
	const { instance, url } = toRecord(value, place);
	if (typeof instance !== 'string' || instance === '') throw new Invalid(`${place}.instance must be a name`);
	if (typeof url !== 'string' || !isPlainOrigin(url)) throw new Invalid(`${place}.url must be like http://127.0.0.1:40123, without a path`);
	return { instance, url };
}

function isPlainOrigin(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const parsed = new URL(url);
	return parsed.protocol === 'http:' && (url === parsed.origin || url === `${parsed.origin}:80`);
}

function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && (value as number) > 0;
}

function toRecord(value: unknown, place: string): Record<string, unknown> {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Invalid(`${place} must be an object`);
	return value as Record<string, unknown>;
}
