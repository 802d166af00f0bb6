import { execFile } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { findHaproxy } from '../../src/lib/routers/haproxy/program.ts';
import { type ArchiveFile, packArchive } from '../../src/lib/targets/docker/archive.ts';
import { eventsOf } from '../../src/lib/targets/docker/image/engine-events.ts';

/** An image of which tests make others: one of Node-RED. */
export const BASE = 'nodered/node-red:5';

/**
 * Makes an image with this machine's HAProxy in it, as no registry is asked for one: its program and its libraries on top of an image
 * with the same Debian.
 * @returns its tag, to be removed by whoever asked
 */
export async function buildHaproxyImage(docker: Docker, tag = `flowferry-test/haproxy:${process.pid}-${Date.now()}`): Promise<string> {
	return await buildProgramImage(docker, await realpath(await findHaproxy(process.env.PATH ?? '')), tag);
}

/** The same of any program of this machine's. @param program its file */
export async function buildProgramImage(docker: Docker, program: string, tag: string): Promise<string> {
	const name = basename(program);
	const { stdout } = await promisify(execFile)('ldd', [program]);
	const libraries = [...stdout.matchAll(/=> (\/\S+)/g)].map((match) => match[1] as string);
	const files: ArchiveFile[] = [
		{ path: 'Dockerfile', content: `FROM ${BASE}\nUSER root\nCOPY root/ /usr/\nENTRYPOINT ["${name}"]\n` },
		{ path: `root/sbin/${name}`, content: await readFile(program), mode: 0o755 },
		...(await Promise.all(
			libraries.map(async (file) => ({
				path: `root/lib/${file.split('/lib/')[1]}`,
				content: await readFile(await realpath(file)),
				mode: 0o755,
			})),
		)),
	];
	const answer = await docker.buildImage(packArchive(files) as NodeJS.ReadableStream, { t: tag, forcerm: true });
	for await (const { error } of eventsOf<{ error?: string }>(answer)) if (error !== undefined) throw new Error(error);
	return tag;
}
