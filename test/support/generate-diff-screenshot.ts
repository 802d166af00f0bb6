/** Takes the picture of docs/guides/snapshots.md anew: `node test/support/generate-diff-screenshot.ts`. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { changedPlant, diffPageOf } from './changed-plant.ts';
import { startChromium } from './chromium.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'flowferry-picture-'));
const chromium = await startChromium();
try {
	const file = join(folder, 'diff.html');
	await writeFile(file, diffPageOf(changedPlant()));
	const page = await chromium.openPage({ width: 1500, height: 960 });
	await page.open(pathToFileURL(file).href);
	await page.click('.side.after [data-id=a000000000000004] .body');
	await page.evaluate("document.getElementById('flow-0').open = false");
	await page.click('#flow-1 [data-zoom=whole]');
	await page.evaluate('scrollTo(0, 0)');
	await mkdir(join(root, 'docs/images'), { recursive: true });
	await page.screenshot(join(root, 'docs/images/snapshot-diff.png'));
} finally {
	await chromium.stop();
	await rm(folder, { recursive: true });
}
