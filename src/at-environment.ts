import type { Context } from './context.ts';
import { environmentOf, type NamedEnvironment } from './lib/config/environment-of.ts';
import type { Target } from './lib/targets/target.ts';

/** Looks at an environment besides the one that a command is about. @throws FlowferryError ENVIRONMENT_UNKNOWN, and what `look` throws */
export async function atEnvironment<R>(
	context: Context,
	name: string,
	look: (target: Target, environment: NamedEnvironment) => Promise<R>,
): Promise<R> {
	const environment = environmentOf(context.config, name);
	const target = await context.openTarget(environment);
	try {
		return await look(target, environment);
	} finally {
		target.close();
	}
}
