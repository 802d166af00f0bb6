/**
 * The image that others are built from.
 * @param template `nodered/node-red:{nodeRed}`, as the configuration has it
 * @param nodeRed the version of Node-RED; null: any will do
 */
export function baseImage(template: string, nodeRed: string | null): string {
	return template.replaceAll('{nodeRed}', nodeRed ?? 'latest');
}
