import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { loadMqtt } from './mqtt-nodes.ts';

/** CONNACK of MQTT 3.1.1: accepted, no session. */
const ACCEPTED = Buffer.from([0x20, 2, 0, 0]);

/** It takes some tens of milliseconds; where it does not end by then, nothing is lost. */
const LIMIT_MS = 1000;

/**
 * Has Node-RED's MQTT client connect once, to a server of this very process. The first connection of a process takes several
 * times as long as the second (its code is loaded and compiled), and at a cutover that would be time in which nobody is
 * subscribed. No broker is asked, so that nothing needs to be allowed there.
 */
export async function warmUpMqtt(): Promise<void> {
	const mqtt = loadMqtt();
	if (!mqtt) return;
	const server = createServer((socket) => {
		socket.on('error', () => {});
		socket.once('data', () => socket.write(ACCEPTED));
	});
	try {
		const port = await new Promise<number>((resolve, reject) => {
			server.once('error', reject);
			server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
		});
		const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
			clientId: `nodered${randomBytes(8).toString('hex')}`,
			reconnectPeriod: 0,
		});
		await new Promise<void>((resolve) => {
			setTimeout(resolve, LIMIT_MS).unref();
			client.on('connect', resolve);
			client.on('error', resolve);
			client.on('close', resolve);
		});
		client.end(true);
	} catch {
		// It only was to save time.
	} finally {
		server.close();
	}
}
