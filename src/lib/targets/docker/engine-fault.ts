import { types } from 'node:util';
import { PipedCommandError } from '../../adapters/piped-command.ts';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { answerRules, connectionRules, type Explanation, type Rule, sshRules } from './engine-fault-rules.ts';

/** Whether the Engine answered a call with one of these statuses. */
export function answeredWith(error: unknown, ...statuses: number[]): boolean {
	return statuses.includes((error as { statusCode?: number }).statusCode ?? 0);
}

/**
 * Says in the user's words what an Engine, or the way to it, failed with. What is not known stays as it is; what is a
 * FlowferryError already, too.
 * @param engineName `Engine.name`
 */
export function explainEngineFault(error: unknown, engineName: string): unknown {
	if (!types.isNativeError(error) || error instanceof FlowferryError) return error;
	const text = saidBy(error);
	for (const { when, explain } of rulesFor(error)) {
		const match = when.exec(text);
		if (match) return new FlowferryError({ ...explain(engineName, match), cause: error });
	}
	if (error instanceof PipedCommandError) return new FlowferryError({ ...sshFault(error, engineName), cause: error });
	const { statusCode } = error as { statusCode?: unknown };
	if (typeof statusCode !== 'number') return error;
	return new FlowferryError({
		code: 'ENGINE_REFUSED',
		message: `the Docker Engine at ${engineName} refused a call: ${text}`,
		hint: "look at the Engine's log (`journalctl -u docker`)",
		cause: error,
	});
}

/** Runs work with an Engine; its faults come as `explainEngineFault` says them. */
export async function withEngineFaults<T>(engine: { name: string }, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw explainEngineFault(error, engine.name);
	}
}

function rulesFor(error: Error): Rule[] {
	if (error instanceof PipedCommandError) return [...sshRules, ...(error.exitStatus === undefined ? [] : connectionRules)];
	// A failure in the middle of a build or pull is an error without a status.
	return 'statusCode' in error ? answerRules : codeOf(error) === '' ? [...answerRules, ...connectionRules] : connectionRules;
}

/** The Engine's own words where it answered; else the error's code and text. */
function saidBy(error: Error): string {
	if (error instanceof PipedCommandError) return error.said;
	const { json } = error as { json?: { message?: unknown } | null };
	if (typeof json?.message === 'string') return json.message;
	return `${codeOf(error)} ${error.message.replace(/^\(HTTP code \d+\) .*? - /, '')}`.trim();
}

/** `ECONNREFUSED` and the like; empty where it has none. */
export function codeOf(error: Error): string {
	const { code } = error as { code?: unknown };
	return typeof code === 'string' ? code : '';
}

function sshFault({ exitStatus, said }: PipedCommandError, engine: string): Explanation {
	if (exitStatus === undefined && said === 'ENOENT') {
		return {
			code: 'ENGINE_SSH_MISSING',
			message: `${engine} is reached by ssh, and there is no ssh on the PATH`,
			hint: "install OpenSSH's client",
		};
	}
	return {
		code: 'ENGINE_SSH_FAILED',
		message: `ssh to ${engine} failed: ${said.split('\n').slice(-3).join('\n')}`,
		hint: 'try `ssh` with the same user and machine, and `docker system dial-stdio` there',
	};
}
