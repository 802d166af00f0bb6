import { Editor } from './editor.ts';
import type { EditorConfig } from './protocol.ts';

/** The one editor of this process; null where it is off. Settings make it before Node-RED loads its plugins. */
export const opened: { editor: Editor | null } = { editor: null };

/** Gives Node-RED's settings for it. @param own the user's */
function openEditor(config: EditorConfig, own: object): object {
	opened.editor = new Editor(config);
	return opened.editor.settings(own);
}

// Settings load this by require(), which takes this name for the whole export (Node.js 20.19, 22.12 and later).
export { openEditor as 'module.exports' };
