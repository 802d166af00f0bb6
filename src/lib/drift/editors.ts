import type { EditorAccess } from '../config/editor.ts';
import type { NamedEnvironment } from '../config/environment-of.ts';
import { activeInstances } from '../cutover/slot-instances.ts';
import { FlowferryError } from '../errors/flowferry-error.ts';
import { slotNames } from '../promotion/journal.ts';
import type { Target } from '../targets/target.ts';
import { nothingRuns } from './running.ts';

export interface OpenEditor {
	/** `blue/0`. */
	instance: string;
	/** `http://127.0.0.1:40124/`, on the machine where the instance runs. */
	url: string;
	/** Its flows or credentials were changed in place. */
	drifted: boolean;
}

/**
 * The editors of the active instances.
 * @throws FlowferryError EDITOR_OFF; NOTHING_RUNS (exit 5); EDITOR_NOT_STARTED where the instances began before the configuration allowed one
 */
export async function findEditors(
	{ name, target: on, editor: { access } }: NamedEnvironment,
	target: Target,
): Promise<{ access: Exclude<EditorAccess, 'off'>; editors: OpenEditor[] }> {
	if (on !== 'process') {
		throw new FlowferryError({
			code: 'EDITOR_OFF',
			message: `${name} runs on ${on === 'docker' ? 'Docker' : 'Kubernetes'}, where no editor is opened: the router is all that is published`,
			hint: `edit the dev Node-RED, and promote; \`flowferry diff ${name} ${name}:running\` tells whether what runs is what was promoted`,
			docs: 'docs/guides/editor.md',
		});
	}
	if (access === 'off') {
		throw new FlowferryError({
			code: 'EDITOR_OFF',
			message: `${name} has no editor`,
			hint: `set environments.${name}.editor.access to read-only or edit, with users; its instances have it from their next start on`,
			docs: 'docs/guides/editor.md',
		});
	}
	const instances = await Promise.all(slotNames.map((slot) => target.instances(slot)));
	const active = await activeInstances(instances.flat());
	if (active.length === 0) throw nothingRuns(name);
	const editors = active.flatMap(({ instance, status: { editor: url, drifted } }) =>
		url ? [{ instance: instance.name, url, drifted: drifted ?? false }] : [],
	);
	if (editors.length > 0) return { access, editors };
	throw new FlowferryError({
		code: 'EDITOR_NOT_STARTED',
		message: `the active instance of ${name} was started without an editor`,
		hint: `an instance has it from its start on: flowferry promote ${name} --again starts new ones`,
		docs: 'docs/guides/editor.md',
	});
}
