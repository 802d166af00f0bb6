import type { MeterRequest } from './http-meter.ts';

/** Something that a shop floor would order; every tenth is large enough for a discount. */
export function buildOrder(seq: number): { seq: number; item: string; quantity: number; unitPrice: number } {
	const items = ['bracket', 'hinge', 'bearing', 'spring'];
	return { seq, item: items[seq % items.length]!, quantity: (seq % 10) + 1, unitPrice: 4.2 };
}

/** A GET for a quote and a POST of an order, in turn. */
export function requestOrder(baseUrl: string, seq: number): MeterRequest {
	const order = buildOrder(seq);
	if (seq % 2 === 1) return { url: `${baseUrl}/orders`, body: order };
	return { url: `${baseUrl}/quotes?seq=${seq}&quantity=${order.quantity}&unitPrice=${order.unitPrice}` };
}
