import { EnvironmentCommand, environmentArgs } from '../environment-command.ts';
import type { EditorAccess } from '../lib/config/editor.ts';
import { findEditors, type OpenEditor } from '../lib/drift/editors.ts';
import { renderEditors } from '../lib/ui/render-editors.ts';
import { createTheme } from '../lib/ui/theme.ts';

/** The contract of `flowferry editor --json`. */
interface Editors {
	environment: string;
	access: Exclude<EditorAccess, 'off'>;
	/** Of the active instances. */
	editors: OpenEditor[];
}

export default class ShowEditor extends EnvironmentCommand<typeof ShowEditor> {
	static override summary = "Tell where an environment's editor is";
	static override description =
		`Node-RED's own editor of the active instance, where the configuration allows one (\`editor\`). It listens on this machine alone, at a port of its own, and never at the router's; after a promotion or a failover it is another instance's. Nothing is changed.`;

	static override examples = [
		{ description: 'Where is it now?', command: '<%= config.bin %> editor production' },
		{ description: 'The address alone', command: '<%= config.bin %> editor production --json | jq -r .editors[0].url' },
	];

	static override args = environmentArgs;

	async run(): Promise<Editors> {
		return await this.withEnvironment(async ({ environment, target }) => {
			const found = { environment: environment.name, ...(await findEditors(environment, target)) };
			this.log(renderEditors(found.environment, found.access, found.editors, createTheme(process.stdout)));
			return found;
		});
	}
}
