import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Messages that go round at once. */
const CIRCULATING = 50;

/**
 * Function nodes in a ring, through which messages go round as fast as they can: next to nothing but Node-RED's own
 * delivery, so that whatever hangs on it weighs as much as it ever will.
 */
export function busyFlow(nodes: number): object[] {
	const ring = Array.from({ length: nodes }, (_, index) => ({
		id: `ring${index}`,
		type: 'function',
		z: 'tab',
		name: `ring ${index}`,
		func: index === 0 ? "global.get('laps').count();\nreturn msg;" : 'msg.payload++;\nreturn msg;',
		outputs: 1,
		x: 100 + index * 100,
		y: 100,
		wires: [[`ring${(index + 1) % nodes}`]],
		...(index === 0
			? { initialize: `setTimeout(() => { for (let n = 0; n < ${CIRCULATING}; n++) node.send({ payload: n }); }, 100);` }
			: {}),
	}));
	return [{ id: 'tab', type: 'tab', label: 'Busy' }, ...ring];
}

/** What a measuring Node-RED does; see `busy-settings.cjs`, which it becomes a part of. */
export interface BusyOptions {
	/** A lap: one message, once round. */
	warmUpLaps: number;
	windowLaps: number;
	windows: number;
	/**
	 * Every second window without the agent's hooks, which are taken off for so long; or with them, but without a lease, so that there
	 * is nothing to look at before a message. Null: all windows are alike.
	 */
	alternate: 'hooks' | 'lease' | null;
}

/** Settings of a Node-RED that prints what each window of so many laps took, and ends. */
export function busySettings(options: BusyOptions, withAgent: boolean): string {
	const template = readFileSync(new URL('busy-settings.cjs', import.meta.url), 'utf8');
	const agentDir = fileURLToPath(new URL('../../dist/agent', import.meta.url));
	return `const options = ${JSON.stringify({ ...options, nodesDir: withAgent ? [agentDir] : [] })};\n${template}`;
}
