/**
 * Brings the servers that tests need and npm cannot bring: Mosquitto, from Debian's packages, where this is root on a
 * Debian-like machine. Elsewhere it says which tests will be skipped. Run by `npm test` before the tests.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findMosquitto } from './mosquitto.ts';

/** Debian asks this script before it starts a package's service; 101 means: do not. */
const POLICY = '/usr/sbin/policy-rc.d';

if (findMosquitto() === undefined) {
	if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
		installMosquitto();
	} else {
		warn('Mosquitto is not installed, and this is not root on a Debian machine: TESTS THAT NEED AN MQTT SERVER WILL BE SKIPPED.');
	}
}

function installMosquitto(): void {
	const ownPolicy = !existsSync(POLICY);
	try {
		if (ownPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
		aptGet('update');
		aptGet('install', '-y', '--no-install-recommends', 'mosquitto');
		process.stderr.write('Installed Mosquitto for the tests.\n');
	} catch (error) {
		warn(`Mosquitto could not be installed: TESTS THAT NEED AN MQTT SERVER WILL BE SKIPPED.\n${lastWords(error)}`);
	} finally {
		if (ownPolicy) rmSync(POLICY, { force: true });
	}
}

function aptGet(...args: string[]): void {
	execFileSync('apt-get', ['-qq', ...args], {
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
		stdio: ['ignore', 'pipe', 'pipe'],
		timeout: 180_000,
	});
}

function lastWords(error: unknown): string {
	const output = (error as { stderr?: Buffer }).stderr?.toString().trim();
	return (output || String(error)).split('\n').slice(-5).join('\n');
}

function warn(text: string): void {
	process.stderr.write(`\n!!! ${text}\n\n`);
}
