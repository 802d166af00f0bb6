import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const MINIMUM = [22, 19];

/**
 * Checks that this Node.js can run flowferry. In a checkout, whose development dependencies bring a Node of their own,
 * an older Node hands over to that one. Plain syntax on purpose: this file must load on old versions.
 * @returns {Promise<boolean>} true where the caller should go on, false where another process has done the work
 */
export async function ensureNode() {
	const [major, minor] = process.versions.node.split('.').map(Number);
	if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return true;

	const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
	if (existsSync(own)) {
		await handOverTo(own);
		return false;
	}
	process.stderr.write(
		`flowferry needs Node.js ${MINIMUM.join('.')} or later; this is ${process.versions.node} (${process.execPath}).\n` +
			'Install a current Node.js (https://nodejs.org) and run the same command again.\n',
	);
	process.exitCode = 2;
	return false;
}

function handOverTo(node) {
	return new Promise((resolve, reject) => {
		const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
		child.on('error', reject);
		child.on('exit', (code, signal) => {
			process.exitCode = code ?? 128 + constants.signals[signal];
			resolve();
		});
	});
}
