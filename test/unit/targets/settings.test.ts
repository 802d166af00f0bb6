import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const settingsFile = fileURLToPath(new URL('../../../templates/settings.cjs', import.meta.url));
const context = { file: '/production/context.db', durability: 'process', stateFile: '/production/state.db', seat: 'active' };
const ours = { module: 'ours', config: context };

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'flowferry-settings-'));
	writeFileSync(join(folder, 'context-store.js'), "module.exports = 'ours';\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Node-RED's settings as its process gets them, and what is left in its environment. */
function load(own: object | null, withStore = true): { contextStorage?: object; order: string[]; left: string[] } {
	const userSettings = join(folder, 'own.cjs');
	writeFileSync(userSettings, `module.exports = ${JSON.stringify(own)};\n`);
	const print = `const { contextStorage } = require(${JSON.stringify(settingsFile)});
		const left = Object.keys(process.env).filter((name) => name.startsWith('FLOWFERRY_'));
		console.log(JSON.stringify({ contextStorage, order: Object.keys(contextStorage ?? {}), left }));`;
	const env = {
		FLOWFERRY_AGENT_DIR: folder,
		FLOWFERRY_CREDENTIAL_SECRET: 'x',
		FLOWFERRY_PORT: '0',
		...(own ? { FLOWFERRY_USER_SETTINGS: userSettings } : {}),
		...(withStore ? { FLOWFERRY_CONTEXT: JSON.stringify(context) } : {}),
	};
	return JSON.parse(execFileSync(process.execPath, ['-e', print], { env, encoding: 'utf8' }));
}

describe("the context stores of production's settings", () => {
	it('are the shared one, by default, where the user names none; nothing of it is left in the environment', () => {
		for (const own of [null, {}, { contextStorage: {} }]) {
			expect(load(own)).toMatchObject({ contextStorage: { default: 'flowferry', flowferry: ours }, left: [] });
		}
	});

	it("are the user's, with their default, where there are any: the shared one comes last", () => {
		const memory = { module: 'memory' };
		expect(load({ contextStorage: { default: memory, file: { module: 'localfilesystem' } } })).toMatchObject({
			contextStorage: { default: memory, file: { module: 'localfilesystem' }, flowferry: ours },
			order: ['default', 'file', 'flowferry'],
		});
		// Node-RED takes the first one, where none is called default.
		expect(load({ contextStorage: { first: memory } }).order).toEqual(['first', 'flowferry']);
		expect(load({ contextStorage: { default: 'flowferry', fast: memory } }).contextStorage).toEqual({
			default: 'flowferry',
			fast: memory,
			flowferry: ours,
		});
		expect(load({ contextStorage: { flowferry: memory } }).contextStorage).toEqual({ flowferry: memory });
	});

	it("are the user's alone where instances share no context", () => {
		expect(load(null, false).contextStorage).toBeUndefined();
		expect(load({ contextStorage: { default: { module: 'memory' } } }, false).contextStorage).toEqual({ default: { module: 'memory' } });
	});
});
