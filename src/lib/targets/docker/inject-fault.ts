import { FlowferryError } from '../../errors/flowferry-error.ts';
import type { KeeperApi } from '../../keeper/api.ts';
import type { Fault, Injection } from '../fault.ts';
import type { InstanceStatus } from '../instance.ts';
import type { Containers } from './containers.ts';
import { aliasOf, type Names } from './names.ts';

export interface Place {
	containers: Containers;
	names: Names;
	keeper: KeeperApi;
}

/**
 * By signals within an instance's container, and by what the engine does to it.
 * @param status null: its runner does not answer
 * @throws FlowferryError FAULT_IMPOSSIBLE where it does not run
 */
export async function injectFault(fault: Fault, name: string, status: InstanceStatus | null, place: Place): Promise<Injection> {
	const { containers, names, keeper } = place;
	const container = names.instance(name);
	const atMs = await keeper.machine.nowMs();
	if (fault === 'store-loss') {
		await keeper.machine.lockState();
		return { atMs, undo: () => keeper.machine.unlockState() };
	}
	if (!status?.childPid) throw cannot(fault, name, status ? 'its Node-RED does not run' : 'its runner does not answer');
	switch (fault) {
		case 'crash':
			await containers.run(container, ['sh', '-c', `kill -s KILL ${status.childPid}`]);
			return { atMs, undo: async () => {} };
		case 'hang': {
			// The shell's input ends with this process, whatever ends it: then it has Node-RED go on.
			const pid = status.childPid;
			const program = await containers.begin(container, ['sh', '-c', `kill -s STOP ${pid}; read -r _; kill -s CONT ${pid}`]);
			return {
				atMs,
				undo: async () => {
					program.input.end();
					for await (const _ of program.output) {
						// Until it has ended.
					}
				},
			};
		}
		case 'freeze':
			await containers.pause(container);
			return { atMs, undo: () => containers.unpause(container) };
		case 'cut-off':
			await containers.disconnect(names.network, container);
			return { atMs, undo: () => containers.connect(names.network, container, [aliasOf(name)]) };
	}
}

function cannot(fault: Fault, name: string, because: string): FlowferryError {
	return new FlowferryError({ code: 'FAULT_IMPOSSIBLE', message: `${fault} is not possible for ${name}: ${because}` });
}
