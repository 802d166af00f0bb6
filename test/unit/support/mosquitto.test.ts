import mqtt from 'mqtt';
import { describeWithMosquitto, startMosquitto } from '../../support/mosquitto.ts';

describeWithMosquitto('a Mosquitto of our own', () => {
	it('serves, comes back on its port after being killed, and is gone after stop', async () => {
		const server = await startMosquitto();
		try {
			await roundTrip(server.url);
			await server.kill();
			await expect(roundTrip(server.url)).rejects.toThrow(/ECONNREFUSED/);
			await server.restart();
			await roundTrip(server.url);
		} finally {
			await server.stop();
		}
		await expect(roundTrip(server.url)).rejects.toThrow(/ECONNREFUSED/);
	});
});

async function roundTrip(url: string): Promise<void> {
	const client = await mqtt.connectAsync(url, { reconnectPeriod: 0 }, false);
	try {
		await client.subscribeAsync('there', { qos: 1 });
		const back = new Promise((resolve) => client.once('message', (_topic, payload) => resolve(payload.toString())));
		await client.publishAsync('there', 'and back', { qos: 1 });
		expect(await back).toBe('and back');
	} finally {
		await client.endAsync(true);
	}
}
