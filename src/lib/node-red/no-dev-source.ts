import { FlowferryError } from '../errors/flowferry-error.ts';
import type { DevSource } from './dev-source.ts';

/**
 * Where the configuration names none: whatever asks for it is told what to do.
 * @param configPath the configuration's file
 */
export function noDevSource(configPath: string): DevSource {
	const refuse = async (): Promise<never> => {
		throw new FlowferryError({
			code: 'DEV_MISSING',
			message: `${configPath} names no dev Node-RED`,
			hint: 'Name a stored snapshot with --snapshot, or add `dev: { url: http://localhost:1880 }`.',
		});
	};
	return { flows: refuse, state: refuse };
}
