import { commandLineOf } from '../../adapters/process-identity.ts';

/** Whether a process is the HAProxy of this configuration: else its number has gone to another program, which must not be touched. */
export async function isHaproxyOf(pid: number, configFile: string): Promise<boolean> {
	const commandLine = (await commandLineOf(pid)) ?? '';
	return /(^|\/)haproxy\b/.test(commandLine) && commandLine.includes(`-f ${configFile}`);
}
