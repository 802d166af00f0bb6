/** Settings for a Node-RED that measures itself; `options` (see `BusyOptions`) comes before this text. */
const { hooks } = require(require.resolve('@node-red/util', { paths: [process.env.NODE_RED_HOME] }));

/** The agent's hooks, as it adds them. */
const agentsHooks = [];
const add = hooks.add;
hooks.add = (name, callback) => {
	if (name.endsWith('.flowferry')) agentsHooks.push([name, callback]);
	add(name, callback);
};

/** What the parent sent, as a runner does. */
let lease = { leaseUntilMs: null };
process.once('message', (message) => {
	lease = message;
});

let laps = 0;
let endsAt = options.warmUpLaps;
let began = null;
const measured = [];

function now() {
	const { user, system } = process.cpuUsage();
	return { laps, ms: performance.now(), cpuMs: (user + system) / 1000 };
}

/** So much work, and not so much time: on a busy machine a while may have hardly any work in it. */
function endWindow() {
	if (began) {
		const ended = now();
		measured.push({ hooked: began.hooked, laps: ended.laps - began.laps, ms: ended.ms - began.ms, cpuMs: ended.cpuMs - began.cpuMs });
	}
	if (measured.length >= options.windows) {
		endsAt = Infinity;
		process.stdout.write(`MEASURED ${JSON.stringify(measured)}\n`, () => process.exit(0));
		return;
	}
	const hooked = options.alternate === null || measured.length % 2 === 0;
	if (options.alternate === 'hooks') {
		hooks.remove('*.flowferry');
		if (hooked) for (const [name, callback] of agentsHooks) add(name, callback);
	}
	// Without a lease there is nothing to be looked at.
	if (options.alternate === 'lease') process.emit('message', hooked ? lease : { leaseUntilMs: null, token: null });
	began = { hooked, ...now() };
	endsAt = laps + options.windowLaps;
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
				if (++laps >= endsAt) endWindow();
			},
		},
	},
};
