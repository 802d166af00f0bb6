import { readFile } from 'node:fs/promises';
import { FlowferryError } from '../errors/flowferry-error.ts';

/**
 * The user's own settings file, for instances that cannot read it where it is; null where there is none.
 * @throws FlowferryError SETTINGS_UNREADABLE
 */
export async function readUserSettings({ name, settings }: { name: string; settings?: string | undefined }): Promise<Buffer | null> {
	if (settings === undefined) return null;
	try {
		return await readFile(settings);
	} catch (error) {
		throw new FlowferryError({
			code: 'SETTINGS_UNREADABLE',
			message: `the settings ${settings} cannot be read (${(error as NodeJS.ErrnoException).code})`,
			hint: `settings of ${name} names a Node-RED settings file`,
			cause: error,
		});
	}
}
