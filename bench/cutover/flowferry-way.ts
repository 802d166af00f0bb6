import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../demo/flowferry.ts';
import { createProjectFolder } from '../../demo/project.ts';
import type { Production } from '../place/place.ts';
import { scenarioFlows } from './flows.ts';
import type { Setting } from './setting.ts';
import { otherVersion, type Version } from './version.ts';
import type { CutoverTimes, Way } from './way.ts';

/** What is read of `promote --json`. */
interface Promotion extends CutoverTimes {
	strategy: string;
	/** Null where the new flows did not wait behind a gate. */
	gate: object | null;
	warnings: string[];
}

/**
 * The built command line, as a user would run it: each version is promoted up to its switch, and the switch is what is measured.
 */
export async function startFlowferryWay({ scenario, broker, cleanup, signal }: Setting, { keys, url, takeDown }: Production): Promise<Way> {
	const name = 'flowferry';
	const { folder, remove } = await createProjectFolder();
	cleanup.later('remove the project folder', remove);
	const production = { mode: 'hot-spare', instances: 1, failOn: 'never', ...keys };
	await mkdir(join(folder, 'dev'));
	// JSON is YAML.
	await writeFile(join(folder, 'flowferry.yaml'), JSON.stringify({ dev: { userDir: 'dev' }, environments: { production } }));
	cleanup.later('take production down', () => takeDown(folder));

	const run = async (...args: string[]) => (await runCommand(folder, [...args, '--yes'], 'read', signal)) as Promotion;
	let version: Version = 'v1';
	const setFlows = () => writeFile(join(folder, 'dev', 'flows.json'), JSON.stringify(scenarioFlows(scenario, { broker, name, version })));
	await setFlows();
	await run('promote', 'production');
	return {
		name,
		httpUrl: () => url,
		async prepare() {
			version = otherVersion(version);
			await setFlows();
			await run('promote', 'production', '--strategy', scenario.strategy, '--pause-before-switch');
		},
		async cutOver() {
			const promotion = await run('promote', 'production', '--continue');
			const asWanted = promotion.strategy === scenario.strategy && (scenario.strategy === 'exclusive') === (promotion.gate === null);
			if (asWanted) return promotion;
			throw new Error(`${scenario.strategy} was not what carried them over: ${promotion.strategy}; ${promotion.warnings.join('; ')}`);
		},
	};
}
