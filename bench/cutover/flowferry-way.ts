import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../demo/flowferry.ts';
import { createProjectFolder, findFreePort } from '../../demo/project.ts';
import { shutDown } from '../../demo/shut-down.ts';
import { nodeRedFolder } from '../../test/support/project.ts';
import { scenarioFlows } from './flows.ts';
import type { Setting } from './setting.ts';
import type { CutoverTimes, Way } from './way.ts';

/** What is read of `promote --json` and `rollback --json`. */
interface Promotion extends CutoverTimes {
	strategy: string;
	/** Null where the new flows did not wait behind a gate. */
	gate: object | null;
	warnings: string[];
}

/**
 * The built command line, as a user would run it: both versions are promoted once, then each cutover is a `rollback`, which
 * flips to the slot that is kept warm.
 */
export async function startFlowferryWay({ scenario, brokerPort, cleanup, signal }: Setting): Promise<Way> {
	const name = 'flowferry';
	const { folder, remove } = await createProjectFolder();
	cleanup.later('remove the project folder', remove);
	const port = await findFreePort();
	const production = { mode: 'hot-spare', port, nodeRed: nodeRedFolder, failOn: 'never' };
	await mkdir(join(folder, 'dev'));
	// JSON is YAML.
	await writeFile(join(folder, 'flowferry.yaml'), JSON.stringify({ dev: { userDir: 'dev' }, environments: { production } }));
	cleanup.later('take production down', () => shutDown(folder));

	const run = async (...args: string[]) => (await runCommand(folder, [...args, '--yes'], 'read', signal)) as Promotion;
	const cutOver = async (command: 'promote' | 'rollback') => {
		const promotion = await run(command, 'production', '--strategy', scenario.strategy);
		const asWanted = promotion.strategy === scenario.strategy && (scenario.strategy === 'exclusive') === (promotion.gate === null);
		if (!asWanted)
			throw new Error(`${scenario.strategy} was not what carried them over: ${promotion.strategy}; ${promotion.warnings.join('; ')}`);
		return promotion;
	};
	for (const version of ['v1', 'v2'] as const) {
		await writeFile(join(folder, 'dev', 'flows.json'), JSON.stringify(scenarioFlows(scenario, { brokerPort, name, version })));
		if (version === 'v1') await run('promote', 'production');
		else await cutOver('promote');
	}
	return { name, httpUrl: () => `http://127.0.0.1:${port}`, cutOver: () => cutOver('rollback') };
}
