import { setTimeout as sleep } from 'node:timers/promises';
import { ExitStatus } from '../../errors/exit-status.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';

/** A text that several writers change, each from the version that it has read. */
export interface Document {
	/** For messages: `ConfigMap plant/flowferry-production-journal`. */
	readonly place: string;
	/** As it is at this moment. @returns text null: it was never written; version null: nor is there an object to write it to */
	read(): Promise<DocumentState>;
	/** Writes where it still is what was read. */
	replace(text: string, before: DocumentState): Promise<Replaced>;
}

export interface DocumentState {
	text: string | null;
	version: string | null;
}

/**
 * - `stale`: somebody else has written meanwhile, and nothing was written now
 * - `unsure`: the answer was lost; it may have been written, and may yet be
 */
export type Replaced = { outcome: 'written' } | { outcome: 'stale' } | { outcome: 'unsure'; cause: unknown };

/** Where the documents of an environment are. */
export interface Documents {
	configMap(name: string, key: string): Document;
	secret(name: string, key: string): Document;
	/** The changes of roles that a Lease carries; `read` fails where there is no such Lease. */
	roleChanges(lease: string): Document;
	/** Those of all of the environment's Leases. */
	allRoleChanges(): Promise<{ place: string; text: string }[]>;
}

/** What a document is to say; the same text: nothing is written. */
export interface Change<R> {
	text: string;
	answer: R;
}

const PATIENCE_MS = 15_000;

/** The first wait, in milliseconds; each later one is longer, up to the last. */
const [SHORTEST_WAIT_MS, LONGEST_WAIT_MS] = [10, 500];

/**
 * Changes a document; where somebody else was faster, from what that one wrote. It waits for a server that is away for a moment.
 * @param apply what becomes of the text; asked anew at each try. What it throws ends the change
 * @param patienceMs how long it is tried
 * @throws FlowferryError STATE_BUSY where others were faster for so long, or as `read` and `replace`
 */
export async function change<R>(
	document: Document,
	apply: (text: string | null) => Change<R> | Promise<Change<R>>,
	patienceMs = PATIENCE_MS,
): Promise<R> {
	const until = performance.now() + patienceMs;
	const unsure: Change<R>[] = [];
	let fault: unknown;
	for (let attempt = 0; attempt === 0 || performance.now() < until; attempt++) {
		if (attempt > 0) await sleep(waitMs(attempt));
		try {
			const before = await document.read();
			const { text } = before;
			const arrived = unsure.find((written) => written.text === text);
			if (arrived) return arrived.answer;
			const next = await apply(text);
			if (next.text === text) return next.answer;
			const replaced = await document.replace(next.text, before);
			if (replaced.outcome === 'written') return next.answer;
			if (replaced.outcome === 'unsure') unsure.push(next);
			fault = replaced.outcome === 'unsure' ? replaced.cause : busy(document, patienceMs);
		} catch (error) {
			if (!isPassing(error)) throw error;
			fault = error;
		}
	}
	throw fault;
}

/** Of a server that is started anew, or has too much to do. */
function isPassing(error: unknown): boolean {
	return error instanceof FlowferryError && ['CLUSTER_UNREACHABLE', 'CLUSTER_BUSY'].includes(error.code);
}

/** With jitter: who met once does not meet again. */
function waitMs(attempt: number): number {
	return Math.min(SHORTEST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS) * (0.5 + Math.random());
}

function busy({ place }: Document, patienceMs: number): FlowferryError {
	return new FlowferryError({
		code: 'STATE_BUSY',
		message: `${place} was changed by others for ${patienceMs / 1000} s, faster than by this command`,
		hint: 'run the command again; `kubectl get --show-managed-fields` tells who writes there',
		exitStatus: ExitStatus.needsOperator,
	});
}
