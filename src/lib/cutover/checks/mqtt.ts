import { randomUUID } from 'node:crypto';
import type { MqttClient } from 'mqtt';
import type { MqttCheck } from '../../config/safeguards.ts';
import type { CheckTime } from './check-time.ts';
import { remainingMs } from './check-time.ts';

/** A flow may subscribe a moment after its start; what was published before would not reach it. */
const PUBLISH_AGAIN_MS = 1000;
const RECONNECT_MS = 250;
/** Of a message that was not the one. */
const SHOWN = 100;

/**
 * Subscribes, publishes, and waits for the answer of the flows.
 * @throws Error that says what did not come, and what came in its place
 */
export async function checkMqtt(check: MqttCheck, time: CheckTime): Promise<void> {
	// Loaded only for those who check by MQTT: it is large.
	const { connect } = await import('mqtt');
	const client = connect(check.mqtt, {
		clientId: `flowferry-check-${randomUUID().slice(0, 8)}`,
		reconnectPeriod: RECONNECT_MS,
		connectTimeout: remainingMs(time),
		...(check.username === undefined ? {} : { username: check.username }),
		...(check.password === undefined ? {} : { password: check.password }),
	});
	try {
		await untilAnswered(client, check, time);
	} finally {
		await client.endAsync(true).catch(() => {});
	}
}

function untilAnswered(client: MqttClient, check: MqttCheck, time: CheckTime): Promise<void> {
	const id = randomUUID();
	const filled = (text: string) => text.replaceAll('{id}', id);
	const contains = check.contains === undefined ? undefined : filled(check.contains);
	let subscribed = false;
	let lastError: string | null = null;
	let others = 0;
	let lastOther = '';

	const publish = () => {
		if (subscribed && check.publish !== undefined) client.publish(check.publish, filled(check.payload ?? '{id}'), { qos: check.qos });
	};
	const fault = (): string => {
		if (!subscribed) return `the broker did not take the subscription${lastError ? `: ${lastError}` : ''}`;
		if (others > 0) return `${others} message(s) came, none with '${contains}'; the last: '${lastOther}'`;
		return lastError ? `no message came: ${lastError}` : 'no message came';
	};

	return new Promise((resolve, reject) => {
		const again = setInterval(publish, PUBLISH_AGAIN_MS);
		const timer = setTimeout(() => end(fault()), remainingMs(time));
		const onAbort = () => end('given up, since another check failed');
		if (time.signal.aborted) onAbort();
		else time.signal.addEventListener('abort', onAbort, { once: true });

		function end(why: string | null): void {
			clearInterval(again);
			clearTimeout(timer);
			time.signal.removeEventListener('abort', onAbort);
			if (why === null) resolve();
			else reject(new Error(`the check of ${check.expect} at ${check.mqtt} failed: ${why}`));
		}

		client.on('error', (error) => {
			lastError = error.message || ((error as NodeJS.ErrnoException).code ?? String(error));
		});
		client.on('connect', () => {
			client.subscribe(check.expect, { qos: check.qos }, (error) => {
				if (error) {
					lastError = `it refuses this topic, or the connection ended (${error.message})`;
					return;
				}
				subscribed = true;
				publish();
			});
		});
		client.on('message', (_topic, payload, { retain }) => {
			const text = payload.toString();
			if (retain) return; // from before
			if (contains === undefined || text.includes(contains)) return end(null);
			others++;
			lastOther = text.slice(0, SHOWN);
		});
	});
}
