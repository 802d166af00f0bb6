import { FlowferryError } from '../errors/flowferry-error.ts';

/** The major versions of Node-RED that flowferry knows how to read and run. */
export const SUPPORTED_MAJORS = [4, 5] as const;

/** Taken for a user directory in which no Node-RED has run and none is installed; a warning says so. */
export const DEFAULT_VERSION = '5.0.7';

/**
 * The npm version behind what Node-RED says of itself: it adds `-git` where it runs from a git checkout.
 * @param place what was asked, for the error: an address or a folder
 * @throws FlowferryError NODE_RED_UNSUPPORTED
 */
export function supportedVersion(reported: string, place: string): string {
	const version = reported.replace(/^v/, '').replace(/-git$/, '');
	const major = /^(\d+)\.\d+\.\d+/.exec(version)?.[1];
	if (major !== undefined && SUPPORTED_MAJORS.some((supported) => String(supported) === major)) return version;
	throw new FlowferryError({
		code: 'NODE_RED_UNSUPPORTED',
		message: `${place} runs Node-RED ${version || '(no version)'}; flowferry supports the major versions ${SUPPORTED_MAJORS.join(' and ')}`,
		hint: `Bring the dev Node-RED to version ${SUPPORTED_MAJORS.join(' or ')} first; its editor and flows carry over.`,
	});
}
