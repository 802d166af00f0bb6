import type { FlowferryError } from './lib/errors/flowferry-error.ts';
import { renderProblem } from './lib/ui/render-snapshot.ts';
import { createTheme } from './lib/ui/theme.ts';

/** Part of the contract of commands that change the store. */
export interface Unshared {
	/** Why that could not be sent to the remote, where that is done by itself. */
	unshared?: ReturnType<FlowferryError['toJSON']>;
}

/** Says that a change stayed here. @returns the same for `--json` */
export function tellUnshared(unshared: FlowferryError | undefined, say: (line: string) => void): Unshared {
	if (!unshared) return {};
	say(renderProblem(unshared, createTheme(process.stderr)));
	return { unshared: unshared.toJSON() };
}
