/** Settings for a Node-RED that measures itself; `options` (see `BusyOptions`) comes before this text. */
const { hooks } = require(require.resolve('@node-red/util', { paths: [process.env.NODE_RED_HOME] }));

/** The agent's hooks, as it adds them. */
const agentsHooks = [];
const add = hooks.add;
hooks.add = (name, callback) => {
	if (name.endsWith('.flowferry')) agentsHooks.push([name, callback]);
	add(name, callback);
};

let laps = 0;
const measured = [];

function now() {
	const { user, system } = process.cpuUsage();
	return { laps, ms: performance.now(), cpuMs: (user + system) / 1000 };
}

function measureWindow() {
	const hooked = !options.alternate || measured.length % 2 === 0;
	if (options.alternate) {
		hooks.remove('*.flowferry');
		if (hooked) for (const [name, callback] of agentsHooks) add(name, callback);
	}
	const from = now();
	setTimeout(() => {
		const to = now();
		measured.push({ hooked, laps: to.laps - from.laps, ms: to.ms - from.ms, cpuMs: to.cpuMs - from.cpuMs });
		if (measured.length < options.windows) measureWindow();
		else process.stdout.write(`MEASURED ${JSON.stringify(measured)}\n`, () => process.exit(0));
	}, options.windowMs);
}

module.exports = {
	uiHost: '127.0.0.1',
	uiPort: 0,
	flowFile: 'flows.json',
	httpAdminRoot: false,
	credentialSecret: 'bench',
	runtimeState: { enabled: true, ui: false },
	logging: { console: { level: 'info' } },
	nodesDir: options.nodesDir,
	functionGlobalContext: {
		laps: {
			count: () => {
				if (laps++ === 0) setTimeout(measureWindow, options.warmUpMs);
			},
		},
	},
};
