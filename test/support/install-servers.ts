/**
 * Brings the programs that tests need and npm cannot bring, from Debian's packages, where this is root on a Debian-like
 * machine: Mosquitto, HAProxy, and Chromium with the fonts that Node-RED's editor asks for. Elsewhere it says which tests will be
 * skipped. Run by `npm test` before the tests. With `--docker`, what the tests with a Docker Engine need besides one: Compose,
 * and an OpenSSH server; with `--docker-long` also nginx, and Podman with what it needs to give containers names.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findChromium } from './chromium.ts';
import { findPodman, PODMAN_PACKAGES } from './find-podman.ts';
import { findProgram } from './find-program.ts';
import { findInstalledHaproxy } from './haproxy.ts';
import { findMosquitto } from './mosquitto.ts';

interface Program {
	name: string;
	find(): string | undefined;
	packages: string[];
	/** What is skipped without it. */
	tests: string;
}

const programs: Program[] = [
	{ name: 'Mosquitto', find: findMosquitto, packages: ['mosquitto'], tests: 'TESTS THAT NEED AN MQTT SERVER' },
	{ name: 'HAProxy', find: findInstalledHaproxy, packages: ['haproxy'], tests: 'TESTS OF THE ROUTER HAPROXY' },
	{ name: 'Chromium', find: findChromium, packages: ['chromium', 'fonts-liberation'], tests: 'TESTS THAT NEED A BROWSER' },
];

const forDocker: Program[] = [
	{ name: 'Compose', find: () => findProgram('docker-compose'), packages: ['docker-compose'], tests: 'TESTS OF COMPOSE FILES' },
	{ name: 'an OpenSSH server', find: () => findProgram('sshd'), packages: ['openssh-server'], tests: 'TESTS OF ENGINES BEHIND SSH' },
];

const forDockerLong: Program[] = [
	{ name: 'nginx', find: () => findProgram('nginx'), packages: ['nginx'], tests: 'TESTS OF NGINX IN FRONT OF A ROUTER' },
	{ name: 'Podman', find: findPodman, packages: PODMAN_PACKAGES, tests: 'TESTS OF PODMAN' },
];

/** Debian asks this script before it starts a package's service; 101 means: do not. */
const POLICY = '/usr/sbin/policy-rc.d';

const [option] = process.argv.slice(2);
const wanted = [
	...programs,
	...(option === '--docker' || option === '--docker-long' ? forDocker : []),
	...(option === '--docker-long' ? forDockerLong : []),
];
const missing = wanted.filter(({ find }) => find() === undefined);
if (missing.length > 0) {
	if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
		withoutServices(() => {
			for (const program of missing) install(program);
		});
	} else {
		for (const { name, tests } of missing) {
			warn(`${name} is not installed, and this is not root on a Debian machine: ${tests} WILL BE SKIPPED.`);
		}
	}
}

function withoutServices(work: () => void): void {
	const ownPolicy = !existsSync(POLICY);
	try {
		if (ownPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
		work();
	} finally {
		if (ownPolicy) rmSync(POLICY, { force: true });
	}
}

function install({ name, packages, tests }: Program): void {
	try {
		aptGet('update');
		aptGet('install', '-y', '--no-install-recommends', ...packages);
		process.stderr.write(`Installed ${name} for the tests.\n`);
	} catch (error) {
		warn(`${name} could not be installed: ${tests} WILL BE SKIPPED.\n${lastWords(error)}`);
	}
}

function aptGet(...args: string[]): void {
	execFileSync('apt-get', ['-qq', ...args], {
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
		stdio: ['ignore', 'pipe', 'pipe'],
		timeout: 300_000,
	});
}

function lastWords(error: unknown): string {
	const output = (error as { stderr?: Buffer }).stderr?.toString().trim();
	return (output || String(error)).split('\n').slice(-5).join('\n');
}

function warn(text: string): void {
	process.stderr.write(`\n!!! ${text}\n\n`);
}
