/**
 * Node-RED's settings in production: no palette changes, and no editor and no admin API unless the environment asks for them
 * (`editor`), and then at a port of its own. What is promoted is what runs.
 * Your own settings (`environments.<name>.settings` in flowferry.yaml: context stores, function globals, http roots)
 * are taken over; those that flowferry needs come last.
 */
const own = process.env.FLOWFERRY_USER_SETTINGS ? require(process.env.FLOWFERRY_USER_SETTINGS) : {};
const agentDir = process.env.FLOWFERRY_AGENT_DIR;
const credentialSecret = process.env.FLOWFERRY_CREDENTIAL_SECRET;
const port = Number(process.env.FLOWFERRY_PORT);
const host = process.env.FLOWFERRY_HOST ?? '127.0.0.1';
const context = process.env.FLOWFERRY_CONTEXT ? JSON.parse(process.env.FLOWFERRY_CONTEXT) : null;
const editor = process.env.FLOWFERRY_EDITOR ? JSON.parse(process.env.FLOWFERRY_EDITOR) : null;
// Before anything of ours reads the clock.
if (process.env.FLOWFERRY_CLOCK_OFFSET_MS) require(`${agentDir}/time.js`).shiftClock(Number(process.env.FLOWFERRY_CLOCK_OFFSET_MS));
delete process.env.FLOWFERRY_CLOCK_OFFSET_MS;
delete process.env.FLOWFERRY_CONTEXT;
delete process.env.FLOWFERRY_EDITOR;
delete process.env.FLOWFERRY_PORT;
delete process.env.FLOWFERRY_HOST;
delete process.env.FLOWFERRY_CREDENTIAL_SECRET;
delete process.env.FLOWFERRY_USER_SETTINGS;
delete process.env.FLOWFERRY_AGENT_DIR;

/**
 * The context store that all instances share, `flowferry`. It is the default where your settings name no store at all; where
 * they do, their default stays (Node-RED's: `default`, or the first one), and nodes get ours by its name, or all of them do with
 * `default: 'flowferry'`. A store of yours by that name stays yours.
 */
function withSharedStore(stores) {
	const flowferry = { module: require(`${agentDir}/context-store.js`), config: context };
	if (!stores || Object.keys(stores).length === 0) return { default: 'flowferry', flowferry };
	return { ...stores, flowferry: stores.flowferry ?? flowferry };
}

module.exports = {
	...own,
	flowFile: 'flows.json',
	credentialSecret,
	// The router serves the network; an instance is reached through it, or from its machine, or from its container's private network.
	uiHost: host,
	uiPort: port,
	https: undefined,
	...(editor ? require(`${agentDir}/opened-editor.js`)(editor, own) : { httpAdminRoot: false }),
	// Lets the agent start and stop the flows, and keeps them stopped after a start.
	runtimeState: { enabled: true, ui: false },
	nodesDir: [agentDir, ...[own.nodesDir ?? []].flat()],
	...(context ? { contextStorage: withSharedStore(own.contextStorage) } : {}),
	externalModules: { autoInstall: false, palette: { allowInstall: false, allowUpload: false }, modules: { allowInstall: false } },
	logging: own.logging ?? { console: { level: 'info', metrics: false, audit: false } },
};
