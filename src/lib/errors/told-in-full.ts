import { FlowferryError } from './flowferry-error.ts';

/** Of an error that becomes a part of another's message: what was wrong, and what to do. */
export function toldInFull(error: unknown): string {
	if (error instanceof FlowferryError && error.hint) return `${error.message}; ${error.hint}`;
	return error instanceof Error ? error.message : String(error);
}
