import { Script } from 'node:vm';
import type { NodeConfig, RuntimeEvent } from './node-red.ts';
import { describeNode } from './node-red.ts';
import type { FlowProblem, ValidationReport } from './protocol.ts';

/**
 * Judges what Node-RED has loaded. The state API is not asked: with missing types it says `start` while nothing runs;
 * the runtime's last `runtime-state` event says what is missing.
 */
export function validate(loaded: { flows: NodeConfig[]; rev: string }, lastState: RuntimeEvent['payload']): ValidationReport {
	return {
		rev: loaded.rev,
		missingTypes: lastState?.error === 'missing-types' ? (lastState.types ?? []) : [],
		missingModules: lastState?.error === 'missing-modules' ? (lastState.modules ?? []).map(({ module }) => module) : [],
		brokenFunctions: findBrokenFunctions(loaded.flows),
	};
}

/** Node-RED logs a function that does not compile, and starts the flows without it. */
function findBrokenFunctions(flows: NodeConfig[]): FlowProblem[] {
	const disabledTabs = new Set(flows.filter((node) => node.type === 'tab' && node.disabled === true).map((node) => node.id));
	const problems: FlowProblem[] = [];
	for (const node of flows) {
		if (node.type !== 'function' || node.d === true || disabledTabs.has(node.z as string)) continue;
		for (const tab of ['func', 'initialize', 'finalize']) {
			const message = compileError(node[tab]);
			if (message) problems.push({ node: describeNode(node), message: `${tab}: ${message}` });
		}
	}
	return problems;
}

function compileError(code: unknown): string | null {
	if (typeof code !== 'string' || code === '') return null;
	try {
		// Compiled, never run; the line break ends a trailing comment, as in Node-RED's own wrapper.
		new Script(`(async function () {${code}\n})`);
		return null;
	} catch (error) {
		return String(error);
	}
}
