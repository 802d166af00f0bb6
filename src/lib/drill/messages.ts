import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import type { Check, MqttCheck } from '../config/safeguards.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import type { MessageCounts } from './drill.ts';
import type { Probe } from './requests.ts';

const EVERY_MS = 50;
const RECONNECT_MS = 250;
const CONNECT_MS = 5000;
/** For answers that are under way when nothing more is sent. */
const OUTSTANDING_MS = 5000;
const LISTEN_ON_MS = 300;
/** In digits: no number is the beginning of another. */
const NUMBER_WIDTH = 6;

/** An MQTT check whose answer tells which message it answers. */
export type NumberedCheck = MqttCheck & { publish: string };

/** The check by which messages are numbered; `fault` says why there is none, where checks by MQTT there are. */
export function numberedCheck(checks: readonly Check[]): { check: NumberedCheck | null; fault: string | null } {
	const publishing = checks.filter((check): check is NumberedCheck => 'mqtt' in check && check.publish !== undefined);
	const check = publishing.find(({ payload = '{id}', contains = '' }) => payload.includes('{id}') && contains.includes('{id}')) ?? null;
	return {
		check,
		fault: check || publishing.length === 0 ? null : 'messages cannot be counted: no MQTT check has {id} in payload and contains',
	};
}

/** Which of the numbers a text has, of those that were sent under a name; null: none. */
export function numberIn(text: string, name: string): number | null {
	const found = new RegExp(`${name}-(\\d{${NUMBER_WIDTH}})`).exec(text)?.[1];
	return found === undefined ? null : Number(found);
}

/**
 * Publishes numbered messages at a steady rate while its own connection stands, and counts their answers.
 * @throws FlowferryError DRILL_MESSAGES, with nothing left open, where the broker cannot be reached or refuses
 */
export async function startMessages(check: NumberedCheck): Promise<Probe<MessageCounts>> {
	const name = randomBytes(6).toString('hex');
	const client = await subscribed(check, name).catch((cause: Error) => {
		throw new FlowferryError({
			code: 'DRILL_MESSAGES',
			message: `messages cannot be counted: ${check.mqtt} cannot be reached, or refuses ${check.expect}: ${cause.message}`,
			hint: 'mend the check by MQTT, or start the broker',
			cause,
		});
	});
	const answered = new Map<number, number>();
	client.on('message', (_topic, payload, { retain }) => {
		const number = retain ? null : numberIn(payload.toString(), name);
		if (number !== null) answered.set(number, (answered.get(number) ?? 0) + 1);
	});
	const taken = new Set<number>();
	let next = 0;
	const timer = setInterval(() => {
		if (!client.connected) return;
		const number = ++next;
		const id = `${name}-${String(number).padStart(NUMBER_WIDTH, '0')}`;
		client.publish(check.publish, (check.payload ?? '{id}').replaceAll('{id}', id), { qos: check.qos }, (error) => {
			if (!error) taken.add(number);
		});
	}, EVERY_MS);
	const missing = () => [...taken].filter((number) => !answered.has(number)).length;
	const finish = async (): Promise<MessageCounts> => {
		clearInterval(timer);
		for (const end = performance.now() + OUTSTANDING_MS; missing() > 0 && performance.now() < end; ) await sleep(20);
		await sleep(LISTEN_ON_MS);
		await client.endAsync(true).catch(() => {});
		const doubled = [...answered.values()].reduce((sum, count) => sum + count - 1, 0);
		return { sent: taken.size, lost: missing(), doubled };
	};
	let finished: Promise<MessageCounts> | null = null;
	return {
		finish: () => {
			finished ??= finish();
			return finished;
		},
	};
}

/** Connects and subscribes; from then on it connects again by itself. */
async function subscribed(check: NumberedCheck, name: string): Promise<MqttClient> {
	const { connectAsync } = await import('mqtt');
	const client = await connectAsync(
		check.mqtt,
		{
			clientId: `flowferry-drill-${name}`,
			reconnectPeriod: RECONNECT_MS,
			connectTimeout: CONNECT_MS,
			...(check.username === undefined ? {} : { username: check.username }),
			...(check.password === undefined ? {} : { password: check.password }),
		},
		false,
	);
	client.on('error', () => {});
	try {
		await client.subscribeAsync(check.expect, { qos: check.qos });
	} catch (error) {
		await client.endAsync(true);
		throw error;
	}
	return client;
}
