import type Dockerode from 'dockerode';
import type { DockerConfigEnvironment } from './docker-config.ts';
import { registryAuth } from './registry-auth.ts';

type Pull = (image: string, options?: object) => Promise<NodeJS.ReadableStream>;

/** Has an Engine told with each pull how the user has signed in to the image's registry, as Docker's own command line tells it. */
export function signedIn(docker: Dockerode, env: DockerConfigEnvironment): Dockerode {
	const pull: Pull = docker.pull.bind(docker);
	const pullSignedIn: Pull = async (image, options = {}) => {
		const authconfig = await registryAuth(image, env);
		return await pull(image, authconfig === undefined ? options : { ...options, authconfig });
	};
	docker.pull = pullSignedIn as Dockerode['pull'];
	return docker;
}
