/**
 * Node-RED's settings in production: no editor, no admin API, no palette changes. What is promoted is what runs.
 * Your own settings (`environments.<name>.settings` in flowferry.yaml: context stores, function globals, http roots)
 * are taken over; those that flowferry needs come last.
 */
const own = process.env.FLOWFERRY_USER_SETTINGS ? require(process.env.FLOWFERRY_USER_SETTINGS) : {};
const agentDir = process.env.FLOWFERRY_AGENT_DIR;
const credentialSecret = process.env.FLOWFERRY_CREDENTIAL_SECRET;
const port = Number(process.env.FLOWFERRY_PORT);
delete process.env.FLOWFERRY_PORT;
delete process.env.FLOWFERRY_CREDENTIAL_SECRET;
delete process.env.FLOWFERRY_USER_SETTINGS;
delete process.env.FLOWFERRY_AGENT_DIR;

module.exports = {
	...own,
	flowFile: 'flows.json',
	credentialSecret,
	// The gateway serves the network; an instance is reached through it, or from this machine.
	uiHost: '127.0.0.1',
	uiPort: port,
	https: undefined,
	httpAdminRoot: false,
	// Lets the agent start and stop the flows, and keeps them stopped after a start.
	runtimeState: { enabled: true, ui: false },
	nodesDir: [agentDir, ...[own.nodesDir ?? []].flat()],
	externalModules: { autoInstall: false, palette: { allowInstall: false, allowUpload: false }, modules: { allowInstall: false } },
	logging: own.logging ?? { console: { level: 'info', metrics: false, audit: false } },
};
