import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgentReport } from '../../../src/agent/protocol.ts';
import type { InstanceStatus } from '../../../src/lib/targets/instance.ts';
import { instanceMetrics } from '../../../src/runner/instance-metrics.ts';
import { serveMetrics } from '../../../src/runner/metrics-port.ts';
import { freePort, until } from '../../support/gateway.ts';

const agent: AgentReport = {
	flows: 'started',
	inFlight: 3,
	received: 41,
	eventLoopDelayMs: 250,
	rssBytes: 90_000_000,
	problems: [],
	recent: { spanMs: 300_000, received: 40, errors: 2, longestSilenceMs: 5 },
	silentMs: 10,
	rev: null,
	credentialsChanged: false,
	unknown: [],
};
const active = {
	instance: 'green/1',
	state: 'active',
	lease: { token: 7 },
	crashes: 4,
	agent,
	heartbeatMs: 1500,
} as unknown as InstanceStatus;
const labels = 'environment="production",instance="green/1",slot="green"';

/** The samples without help and type, sorted. */
const samplesOf = (page: string) =>
	page
		.split('\n')
		.filter((line) => line !== '' && !line.startsWith('#'))
		.sort();

describe("an instance's figures", () => {
	it('are those of its state, its lease and its Node-RED', async () => {
		const samples = samplesOf(await instanceMetrics('production', () => active).metrics());
		expect(samples.filter((line) => !line.includes('_state{'))).toEqual([
			`flowferry_instance_active{${labels}} 1`,
			`flowferry_instance_crashes_total{${labels}} 4`,
			`flowferry_instance_event_loop_delay_seconds{${labels}} 0.25`,
			`flowferry_instance_heartbeat_age_seconds{${labels}} 1.5`,
			`flowferry_instance_lease_token{${labels}} 7`,
			`flowferry_instance_messages_in_flight{${labels}} 3`,
			`flowferry_instance_messages_received_total{${labels}} 41`,
			`flowferry_instance_recent_errors{${labels}} 2`,
			`flowferry_instance_resident_memory_bytes{${labels}} 90000000`,
		]);
		const states = samples.filter((line) => line.includes('_state{'));
		expect(states).toHaveLength(9);
		expect(states.filter((line) => line.endsWith(' 1'))).toEqual([`flowferry_instance_state{state="active",${labels}} 1`]);
	});

	it('are taken anew each time, and lack what nobody knows while Node-RED does not run', async () => {
		let status = active;
		const source = instanceMetrics('production', () => status);
		await source.metrics();
		status = { ...active, state: 'starting', lease: null, crashes: 5, agent: null, heartbeatMs: null };
		const samples = samplesOf(await source.metrics());
		expect(samples.filter((line) => !line.includes('_state{'))).toEqual([
			`flowferry_instance_active{${labels}} 0`,
			`flowferry_instance_crashes_total{${labels}} 5`,
			`flowferry_instance_lease_token{${labels}} 0`,
		]);
		expect(samples.filter((line) => line.endsWith(' 1'))).toEqual([`flowferry_instance_state{state="starting",${labels}} 1`]);
	});
});

describe('the port of the figures', () => {
	const status = () => active;
	const served = (port: number) => fetch(`http://127.0.0.1:${port}/metrics`);

	it('answers one path', async () => {
		const port = await freePort();
		await serveMetrics('production', { port, network: { kind: 'loopback' } }, status, { write: () => {} });
		await until(() =>
			served(port).then(
				(answer) => answer.ok,
				() => false,
			),
		);
		expect(await (await served(port)).text()).toContain('flowferry_instance_active{');
		expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
	});

	it('that somebody has is a line in the log, and no end of the instance', async () => {
		const other = createServer((_, response) => response.end('other'));
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		const { port } = other.address() as AddressInfo;
		const logged: [string, object][] = [];
		await serveMetrics('production', { port, network: { kind: 'loopback' } }, status, {
			write: (event, facts) => void logged.push([event, facts]),
		});
		await until(() => logged.length > 0);
		expect(logged).toEqual([['the metrics cannot be served; trying again', { port, error: expect.stringContaining('EADDRINUSE') }]]);
		other.close();
		other.closeAllConnections();
	});
});
