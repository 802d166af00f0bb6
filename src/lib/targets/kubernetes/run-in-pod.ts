import { PassThrough } from 'node:stream';
import { Exec } from '@kubernetes/client-node';
import type { Cluster } from '../../kubernetes/cluster.ts';

/** A program in a pod's container. */
export interface InPod {
	input: PassThrough;
	/** Its standard output; ends with it. */
	output: PassThrough;
	/** Ends its connection, and with that its input. */
	close(): void;
}

/** Starts a program within the container of a pod's runner. */
export async function runInPod(cluster: Cluster, pod: string, command: string[]): Promise<InPod> {
	const input = new PassThrough();
	const output = new PassThrough();
	const webSocket = await new Exec(cluster.config).exec(cluster.namespace, pod, 'node-red', command, output, null, input, false);
	webSocket.onclose = webSocket.onerror = () => output.end();
	return { input, output, close: () => webSocket.close() };
}
