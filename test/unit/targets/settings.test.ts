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
	writeFileSync(join(folder, 'time.js'), 'exports.shiftClock = (ms) => { globalThis.shiftedMs = ms; };\n');
	writeFileSync(
		join(folder, 'opened-editor.js'),
		"module.exports = (config, own) => ({ httpAdminRoot: '/ours', adminAuth: { config, own } });\n",
	);
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Loaded {
	contextStorage?: object;
	httpAdminRoot?: unknown;
	uiHost?: unknown;
	adminAuth?: unknown;
	shiftedMs?: number;
	order: string[];
	left: string[];
}

/** Node-RED's settings as its process gets them, and what is left in its environment. */
function load(own: object | null, withStore = true, editor: object | null = null, given: Record<string, string> = {}): Loaded {
	const userSettings = join(folder, 'own.cjs');
	writeFileSync(userSettings, `module.exports = ${JSON.stringify(own)};\n`);
	const print = `const { contextStorage, httpAdminRoot, adminAuth, uiHost } = require(${JSON.stringify(settingsFile)});
		const left = Object.keys(process.env).filter((name) => name.startsWith('FLOWFERRY_'));
		const { shiftedMs } = globalThis;
		console.log(JSON.stringify({ contextStorage, httpAdminRoot, adminAuth, uiHost, shiftedMs, order: Object.keys(contextStorage ?? {}), left }));`;
	const env = {
		FLOWFERRY_AGENT_DIR: folder,
		FLOWFERRY_CREDENTIAL_SECRET: 'x',
		FLOWFERRY_PORT: '0',
		...given,
		...(own ? { FLOWFERRY_USER_SETTINGS: userSettings } : {}),
		...(editor ? { FLOWFERRY_EDITOR: JSON.stringify(editor) } : {}),
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

describe("the editor of production's settings", () => {
	it('is off, with the admin API, whatever the user says, unless the environment asks for it', () => {
		for (const own of [null, { httpAdminRoot: '/red' }, { httpAdminRoot: '/', adminAuth: { type: 'credentials' } }])
			expect(load(own)).toMatchObject({ httpAdminRoot: false, left: [] });
	});

	it("is flowferry's and not the user's, and nothing of it is left in the environment", () => {
		const own = { httpAdminRoot: '/red', adminAuth: { default: { permissions: '*' } } };
		expect(load(own, true, { access: 'edit' })).toMatchObject({
			httpAdminRoot: '/ours',
			adminAuth: { config: { access: 'edit' }, own },
			left: [],
		});
	});
});

describe("where production's Node-RED listens", () => {
	it('is loopback, unless its runner says otherwise, whatever the user says', () => {
		expect(load({ uiHost: '0.0.0.0' })).toMatchObject({ uiHost: '127.0.0.1', left: [] });
		expect(load({ uiHost: '127.0.0.1' }, true, null, { FLOWFERRY_HOST: '0.0.0.0' })).toMatchObject({ uiHost: '0.0.0.0', left: [] });
	});
});

describe("the clock of production's Node-RED", () => {
	it("is its host's, unless its runner's is ahead of that; nothing of it is left in the environment", () => {
		expect(load(null).shiftedMs).toBeUndefined();
		expect(load(null, true, null, { FLOWFERRY_CLOCK_OFFSET_MS: '1700000000000' })).toMatchObject({
			shiftedMs: 1_700_000_000_000,
			left: [],
		});
	});
});
