import type { TargetKind } from './target-kind.ts';

/** Tells flows which instance they run in: `blue/0`. */
export const INSTANCE_VARIABLE = 'FLOWFERRY_INSTANCE';

/**
 * Names of the variables that instances have without anybody's setting them in the configuration. Pure.
 * @param inherited what processes of this machine inherit; a container has its image's variables, of which PATH alone is certain
 */
export function givenVariables(target: TargetKind, inherited: readonly string[]): string[] {
	return [INSTANCE_VARIABLE, ...(target === 'docker' ? ['PATH'] : inherited)];
}
