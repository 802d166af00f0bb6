import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { freePort } from './gateway.ts';
import { until } from './until.ts';

/** A real OpenSSH server on loopback that one key may log in to, as the user who runs the tests. */
export interface SshServer {
	/** `ssh://USER@127.0.0.1:PORT` */
	url: string;
	/** A PATH whose `ssh` has the right key and known hosts, and nothing of the user's own configuration. */
	searchPath(options?: { known?: boolean; key?: boolean }): Promise<string>;
	stop(): Promise<void>;
}

export async function startSshServer(): Promise<SshServer> {
	const folder = await mkdtemp(join(tmpdir(), 'flowferry-sshd-'));
	const at = (name: string) => join(folder, name);
	for (const name of ['host', 'user', 'stranger']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
	const port = await freePort();
	await writeFile(
		at('sshd_config'),
		[
			`Port ${port}`,
			'ListenAddress 127.0.0.1',
			`HostKey ${at('host')}`,
			`AuthorizedKeysFile ${at('user.pub')}`,
			'PidFile none',
			'StrictModes no',
			'UsePAM no',
			'PasswordAuthentication no',
			'KbdInteractiveAuthentication no',
			'',
		].join('\n'),
	);
	const [type, key] = (await readFile(at('host.pub'), 'utf8')).split(' ');
	await writeFile(at('known'), `[127.0.0.1]:${port} ${type} ${key}\n`);
	await writeFile(at('unknown'), '');
	// Debian's sshd wants it, and makes it when its service starts.
	await mkdir('/run/sshd', { recursive: true });
	const server: ChildProcess = spawn(findProgram('sshd')!, ['-D', '-f', at('sshd_config')], { stdio: 'ignore' });
	await until(() => answers(port), 'sshd listens');
	let wrappers = 0;
	return {
		url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
		searchPath: async ({ known = true, key = true } = {}) => {
			const bin = at(`bin-${wrappers++}`);
			await mkdir(bin);
			const options = [
				...['-F', 'none', '-o', 'IdentitiesOnly=yes', '-i', at(key ? 'user' : 'stranger')],
				...['-o', `UserKnownHostsFile=${at(known ? 'known' : 'unknown')}`, '-o', 'GlobalKnownHostsFile=none'],
			];
			await writeFile(join(bin, 'ssh'), `#!/bin/sh\nexec ${findProgram('ssh')} ${options.join(' ')} "$@"\n`);
			await chmod(join(bin, 'ssh'), 0o755);
			return `${bin}:${process.env.PATH}`;
		},
		stop: async () => {
			const exit = once(server, 'exit');
			server.kill();
			await exit;
			await rm(folder, { recursive: true });
		},
	};
}

function answers(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('error', () => resolve(false));
		socket.once('data', () => {
			socket.destroy();
			resolve(true);
		});
	});
}
