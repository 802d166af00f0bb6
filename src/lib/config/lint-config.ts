import { dirname, resolve } from 'node:path';
import { isRecord } from '../flows/is-record.ts';
import type { Mode } from '../flows/mode.ts';
import { findUnknownRules, type LintSection } from '../lint/settings.ts';
import type { PrimaryPolicy } from '../lint/singletons.ts';
import { targetKinds } from '../targets/target-kind.ts';
import { parseYaml } from './document.ts';
import { primaryOf } from './environment-of.ts';
import { defaultInstances } from './instance-ports.ts';
import { parseWith, readConfigText } from './load.ts';
import { configInvalid } from './problem.ts';
import type { Environment } from './references.ts';
import { lintConfigSchema } from './schema.ts';
import { contextStoreOf } from './target-defaults.ts';

/** What judging flows takes from an environment. */
export interface LintEnvironment {
	mode: Mode;
	/** Names of the variables that it sets. */
	variables: string[];
	/** What its primary alone fires; null where none is elected. */
	primary: PrimaryPolicy | null;
	/**
	 * Its instances share the context of the default store, or of the one called flowferry. Not known where settings of the user's
	 * own may name another default, and `lint.contextStorage` does not say.
	 */
	sharesContext: boolean;
}

/** What judging flows takes from a configuration. */
export interface LintConfig {
	section: LintSection;
	environments: Readonly<Record<string, LintEnvironment>>;
	/** What paths in it are relative to; absolute. */
	directory: string;
}

/**
 * Reads the part of a configuration that judging flows needs. A gate in CI has none of the secrets that the rest may name, so the
 * rest is not looked at.
 * @param findKnownRules those that a section may name, its plugins' among them
 * @throws FlowferryError CONFIG_MISSING, CONFIG_UNREADABLE, CONFIG_INVALID, also for a rule that nobody knows
 */
export async function loadLintConfig(
	path: string,
	env: Environment,
	findKnownRules: (section: LintSection, directory: string) => Promise<readonly string[]>,
): Promise<LintConfig> {
	const text = await readConfigText(path);
	const { lint: section, environments } = parseWith(lintConfigSchema, text, path, env, select);
	const directory = dirname(resolve(path));
	const unknown = findUnknownRules(section, await findKnownRules(section, directory));
	if (unknown.length > 0) {
		const { locate } = parseYaml(text);
		const problems = unknown.map(({ path: key, meant }) => ({
			...locate(key, 'key'),
			path: key,
			message: 'is not a known rule',
			remedy: meant === undefined ? 'See the rules with `flowferry rules`.' : `Did you mean \`${meant}\`?`,
		}));
		throw configInvalid(path, problems);
	}
	const found = Object.entries(environments).map(([name, environment]) => {
		const { mode, variables, sharesContext } = environment;
		return [name, { mode, variables: Object.keys(variables), primary: primaryOf(environment), sharesContext }] as const;
	});
	return { section, environments: Object.fromEntries(found), directory };
}

function select(value: unknown): unknown {
	if (!isRecord(value)) return value;
	const { lint, environments } = value;
	return {
		...(lint === undefined ? {} : { lint }),
		...(isRecord(environments)
			? {
					environments: Object.fromEntries(
						Object.entries(environments).map(([name, each]) => [
							name,
							isRecord(each)
								? { mode: each.mode, ...primaryOnly(each), ...namesOnly(each.variables), sharesContext: sharesContext(each, lint) }
								: each,
						]),
					),
				}
			: {}),
	};
}

/** Numbers alone: what refers to a variable may be unknown here. */
function primaryOnly({ instances, primary }: Record<string, unknown>) {
	return { ...(typeof instances === 'number' ? { instances } : {}), ...(primary === undefined ? {} : { primary }) };
}

/** As far as the file says it outright: references are not looked up. */
function sharesContext({ target, mode, instances, settings, context }: Record<string, unknown>, lint: unknown): boolean {
	if (mode !== 'hot-spare' || (settings !== undefined && !(isRecord(lint) && lint.contextStorage !== undefined))) return false;
	const store = isRecord(context) && (context.store === 'sqlite' || context.store === 'memory') ? context.store : undefined;
	const count = instances === undefined ? defaultInstances : typeof instances === 'number' ? instances : 1;
	const where = targetKinds.find((kind) => kind === target) ?? 'process';
	return contextStoreOf({ target: where, mode, instances: count, store }) === 'sqlite';
}

/** The values may refer to secrets. */
function namesOnly(variables: unknown) {
	return isRecord(variables) ? { variables: Object.fromEntries(Object.keys(variables).map((name) => [name, ''])) } : {};
}
