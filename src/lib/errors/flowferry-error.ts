import { ExitStatus } from './exit-status.ts';

/** What every error says, and all that a `--json` error shows. */
export interface ErrorFacts {
	/** Stable, upper snake case: `CONFIG_INVALID`. */
	code: string;
	/** What is wrong, with its file, place or address. */
	message: string;
	/** What to do next, as an instruction. */
	hint?: string;
	/** A page of the documentation, relative to `docs/`. */
	docs?: string;
	/** Defaults to 2 (usage). */
	exitStatus?: ExitStatus;
	cause?: unknown;
}

/** The one class of error that users meet. Anything else that reaches the top is a defect and exits 3. */
export class FlowferryError extends Error {
	readonly code: string;
	readonly hint: string | undefined;
	readonly docs: string | undefined;
	readonly exitStatus: ExitStatus;

	constructor(facts: ErrorFacts) {
		super(facts.message, { cause: facts.cause });
		this.name = 'FlowferryError';
		this.code = facts.code;
		this.hint = facts.hint;
		this.docs = facts.docs;
		this.exitStatus = facts.exitStatus ?? ExitStatus.usage;
	}

	toJSON(): { code: string; message: string; hint?: string; docs?: string; exitStatus: ExitStatus } {
		return {
			code: this.code,
			message: this.message,
			...(this.hint === undefined ? {} : { hint: this.hint }),
			...(this.docs === undefined ? {} : { docs: this.docs }),
			exitStatus: this.exitStatus,
		};
	}
}
