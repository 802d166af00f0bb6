import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { buildImage } from '../../src/lib/targets/docker/image/build.ts';

/** A base that no other test has, so that whatever is built on it is this test's alone. @returns its name */
export async function ownBase(docker: Docker, name: string, from = 'nodered/node-red:5'): Promise<string> {
	const tag = `${name}:${process.pid}-${Date.now()}`;
	const build = { dockerfile: `FROM ${from}\nLABEL test=${tag}\n`, files: [], args: {}, labels: {}, tag };
	await buildImage(docker, build, { progress: () => {} });
	return tag;
}

/** What was built on a base: names, or ids where there are none. */
export async function builtOn(docker: Docker, base: string): Promise<string[]> {
	const images = await docker.listImages({ filters: { label: [`org.flowferry.base=${base}`] } });
	const names = images.flatMap(({ Id, RepoTags }) => {
		const tags = (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>');
		return tags.length > 0 ? tags : [Id];
	});
	return names.sort();
}

/** Runs a program of an image to its end. @returns what it printed */
export async function runIn(docker: Docker, image: string, command: string[]): Promise<string> {
	const container = await docker.createContainer({ Image: image, Entrypoint: command, Cmd: [], Tty: true });
	try {
		await container.start();
		await container.wait();
		// As a stream: else the library parses what happens to be JSON.
		return await text(await container.logs({ stdout: true, stderr: true, follow: true }));
	} finally {
		await container.remove({ v: true, force: true });
	}
}
