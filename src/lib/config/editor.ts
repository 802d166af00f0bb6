import { z } from 'zod';

/** The part of an environment's schema that says whether Node-RED's editor can be opened in it, and by whom. */

const editorAccess = ['off', 'read-only', 'edit'] as const;
export type EditorAccess = (typeof editorAccess)[number];

/** What guards a way to change production is not to be guessed. */
const SHORTEST_PASSWORD = 8;
const password = z.string().refine(({ length }) => length >= SHORTEST_PASSWORD, {
	message: `must have ${SHORTEST_PASSWORD} characters or more: it guards production`,
});

export const editor = z
	.strictObject({
		access: z
			.enum(editorAccess)
			.default('off')
			.describe(
				'off: neither editor nor admin API; read-only: flows, debug messages and context can be looked at; edit: flows can be deployed on the active instance, which `flowferry status` shows as changed in place.',
			),
		users: z
			.record(z.string().min(1), password)
			.default({})
			.describe('Who may sign in: passwords by name, such as `{ ann: ${EDITOR_PASSWORD} }`. No file and no Node-RED ever gets them.'),
	})
	.refine(({ access, users }) => access === 'off' || Object.keys(users).length > 0, {
		path: ['users'],
		message: 'must name somebody who may sign in: without users nobody could open the editor; or set `access: off`',
	});
