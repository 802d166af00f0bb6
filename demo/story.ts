import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startBroker } from './broker.ts';
import type { Cleanup } from './cleanup.ts';
import type { Promotion, Status, Story } from './contract.ts';
import { startDevNodeRed } from './dev-node-red.ts';
import { createFlowferry, type Flowferry } from './flowferry.ts';
import type { Narrator } from './narrator.ts';
import { createProjectFolder, findFreePort, writeConfig } from './project.ts';
import { shutDown } from './shut-down.ts';
import { startTraffic } from './traffic/traffic.ts';

export interface StoryOptions {
	narrator: Narrator;
	/** Commands' JSON is read, instead of their words shown. */
	json: boolean;
	/** Traffic before, between and after the changes. */
	steadyMs: number;
	messagesPerSecond: number;
	requestsPerSecond: number;
	cleanup: Cleanup;
	/** Ends the story where it is. */
	signal: AbortSignal;
}

/** A dev Node-RED's flows go to production, change under traffic, and go back. */
export async function tellStory(options: StoryOptions): Promise<Story> {
	const { narrator, json, cleanup, signal, steadyMs, messagesPerSecond, requestsPerSecond } = options;
	const steady = () => sleep(steadyMs, undefined, { signal });

	narrator.chapter('A factory: a broker, and a Node-RED in which its flows are developed');
	const project = await createProjectFolder();
	cleanup.later('remove the demo folder', project.remove);
	const broker = await startBroker();
	cleanup.later('stop the broker', broker.stop);
	const devBroker = await startBroker();
	cleanup.later('stop the dev broker', devBroker.stop);
	narrator.line(`broker        ${broker.url}, and ${devBroker.url} for development`);
	signal.throwIfAborted();
	const dev = await startDevNodeRed({
		nodeRed: checkout('node_modules/node-red'),
		userDir: join(project.folder, 'dev'),
		variables: { MQTT_HOST: '127.0.0.1', MQTT_PORT: String(devBroker.port), MQTT_CLIENT_ID: 'orders-dev' },
	});
	cleanup.later('stop the dev Node-RED', () => dev.stop());
	narrator.line(`dev Node-RED  ${dev.url}`);
	const port = await findFreePort();
	const config = await writeConfig(project.folder, {
		devUrl: dev.url,
		nodeRed: checkout('node_modules/node-red'),
		port,
		variables: { MQTT_HOST: '127.0.0.1', MQTT_PORT: String(broker.port), MQTT_CLIENT_ID: 'orders-production' },
	});
	narrator.line('flowferry.yaml says where flows are developed and where they run:');
	for (const line of config.trimEnd().split('\n')) narrator.line(`  ${line}`);

	const flowferry = createFlowferry({ folder: project.folder, json, narrator, signal });
	const deploy = async (version: 'v1' | 'v2') => {
		const text = await readFile(new URL(`./flows/orders-${version}.json`, import.meta.url), 'utf8');
		await writeFile(join(project.folder, `orders-${version}.json`), text);
		await dev.deploy(JSON.parse(text) as unknown[]);
	};

	narrator.chapter('The first version goes to production');
	await deploy('v1');
	cleanup.later('take production down', () => shutDown(project.folder));
	const first = await carryOver(flowferry, 'v1');

	narrator.chapter(`Production serves: ${messagesPerSecond} messages and ${requestsPerSecond} requests a second from now on`);
	const httpUrl = `http://127.0.0.1:${port}`;
	const traffic = await startTraffic({ brokerUrl: broker.url, httpUrl, messagesPerSecond, requestsPerSecond, signal });
	cleanup.later('end the traffic', traffic.stop);
	narrator.line(`gateway       ${httpUrl}`);
	await steady();

	narrator.chapter('The second version: a discount for large orders');
	await deploy('v2');
	const second = await carryOver(flowferry, 'v2');
	await steady();

	narrator.chapter('The sales desk objects to the discount: back to the first version');
	const rollback = (await flowferry.run(['rollback', 'production', '--yes'])) as Promotion | undefined;
	await steady();
	await flowferry.run(['status', 'production']);

	const costs = await traffic.settle();
	const status = (await flowferry.ask(['status', 'production'])) as Status;
	return {
		...costs,
		promotions: [first, second].filter((promotion) => promotion !== undefined),
		rollback,
		nodeRed: nodeRedOf(status),
		status,
	};
}

/** From the dev Node-RED into production. */
async function carryOver(flowferry: Flowferry, version: string): Promise<Promotion | undefined> {
	await flowferry.run(['lint', `orders-${version}.json`, '--mode', 'hot-spare']);
	await flowferry.run(['snapshot', '--message', `Orders ${version}`]);
	await flowferry.run(['plan', 'production']);
	return (await flowferry.run(['promote', 'production', '--yes'])) as Promotion | undefined;
}

function nodeRedOf(status: Status): string {
	const versions = status.slots.flatMap(({ instances }) => instances.map((instance) => instance.status?.nodeRed ?? undefined));
	return versions.find((version) => version !== undefined) ?? 'unknown';
}

function checkout(path: string): string {
	return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
