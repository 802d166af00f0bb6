import type { ContainerInspectInfo } from 'dockerode';
import { FlowferryError } from '../../errors/flowferry-error.ts';
import { COMPOSE_PROJECT } from './compose.ts';

/** The compose project that made a container; undefined where compose did not. Such a container is compose's to replace. */
export function composeProject({ Config: { Labels } }: Pick<ContainerInspectInfo, 'Config'>): string | undefined {
	return Labels?.[COMPOSE_PROJECT];
}

/** Of a container that is about to be replaced. @throws FlowferryError COMPOSE_FILE_OUTDATED */
export function assertNotOfCompose(found: Pick<ContainerInspectInfo, 'Config' | 'Name'>, environment: string): void {
	const project = composeProject(found);
	if (project === undefined) return;
	throw new FlowferryError({
		code: 'COMPOSE_FILE_OUTDATED',
		message: `${found.Name.slice(1)} is of the compose project ${project}, by a file that flowferry or its configuration has outgrown`,
		hint: `Write the file anew with \`flowferry export compose ${environment} --out FILE\`, and run \`docker compose -f FILE up -d\`.`,
	});
}
