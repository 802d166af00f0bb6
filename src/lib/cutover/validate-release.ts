import type { ValidationReport } from '../targets/instance.ts';

/**
 * Judges what an instance's agent says of the flows that it has loaded, before they may start.
 * @param rev of the release's flows; null where the slot holds none
 * @throws Error that says everything that is wrong
 */
export function checkValidation(instance: string, report: ValidationReport, rev: string | null): void {
	const faults: string[] = [];
	if (report.rev !== rev) faults.push("Node-RED has not loaded the snapshot's flows (its rev differs)");
	if (report.missingTypes.length > 0)
		faults.push(`node types are missing: ${report.missingTypes.join(', ')}; add their modules to the dev palette`);
	if (report.missingModules.length > 0) faults.push(`modules of function nodes are missing: ${report.missingModules.join(', ')}`);
	for (const { node, message } of report.brokenFunctions) faults.push(`function '${node?.name || node?.id}' does not compile: ${message}`);
	if (faults.length > 0) throw new Error(`${instance}: ${faults.join('; ')}`);
}
