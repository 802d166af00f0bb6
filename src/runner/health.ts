/**
 * A container's health check: `node health.js /flowferry/instance.json`. Ends with 0 where the runner beside it answers and has not
 * given up. An instance that stands by is as healthy as an active one.
 */
import { readFile } from 'node:fs/promises';
import { callControl } from '../lib/control/client.ts';
import type { InstanceStatus } from '../lib/targets/instance.ts';

/** Shorter than the time-out of the check itself, so that what is wrong is told. */
const ANSWER_MS = 3_000;

/** What it reads of the runner's configuration. */
interface Checked {
	tokenFile: string;
	network: { controlPort: number };
}

const [file = '/flowferry/instance.json'] = process.argv.slice(2);
try {
	const { tokenFile, network } = JSON.parse(await readFile(file, 'utf8')) as Checked;
	const address = { url: `http://127.0.0.1:${network.controlPort}`, token: await readFile(tokenFile, 'utf8') };
	const { state } = (await callControl(address, 'GET', '/status', undefined, ANSWER_MS)) as InstanceStatus;
	process.stdout.write(`${state}\n`);
	if (state === 'failed') process.exitCode = 1;
} catch (error) {
	process.stdout.write(`${(error as Error).message}\n`);
	process.exitCode = 1;
}
