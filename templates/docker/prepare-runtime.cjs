/**
 * Run in the build of a runtime image, as root: says what an image lacks for Node-RED with flowferry, and makes the folders that belong
 * to the user of its containers. In the words of an old Node.js, which is one of the things that it finds.
 */
// biome-ignore lint/style/useNodejsImportProtocol: an old Node.js does not know it
var fs = require('fs');

var NODE = [22, 19];
var USER = 1000;
/** An image's files have no time of their own: equal programs give an equal image. */
var EPOCH = new Date(0);

function unfit(reason) {
	console.log('unfit: ' + reason);
	process.exit(1);
}

var version = process.versions.node.split('.').map(Number);
if (version[0] < NODE[0] || (version[0] === NODE[0] && version[1] < NODE[1])) {
	unfit('its Node.js is ' + process.versions.node + ', and flowferry needs ' + NODE.join('.') + ' or later');
}
try {
	require('node:sqlite');
} catch (error) {
	unfit('its Node.js ' + process.versions.node + ' has no SQLite in it: ' + error.message);
}
if (!fs.existsSync('/usr/src/node-red/node_modules/node-red/red.js'))
	unfit('it has no Node-RED in /usr/src/node-red/node_modules/node-red');

[
	['/flowferry/environment', 448], // 0700: a volume that is mounted here for the first time takes that over
	['/flowferry/palette', 493], // 0755
	['/flowferry/palette/node_modules', 493],
].forEach((folder) => {
	fs.mkdirSync(folder[0], { recursive: true });
	fs.chmodSync(folder[0], folder[1]);
	fs.chownSync(folder[0], USER, USER);
});
['/flowferry/environment', '/flowferry/palette/node_modules', '/flowferry/palette', '/flowferry'].forEach((folder) => {
	fs.utimesSync(folder, EPOCH, EPOCH);
});
