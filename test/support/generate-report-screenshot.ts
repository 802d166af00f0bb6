/** Takes the picture of docs/guides/html-report.md anew: `node test/support/generate-report-screenshot.ts`. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseFlows } from '../../src/lib/flows/parse.ts';
import { lint } from '../../src/lib/lint/engine.ts';
import { renderHtml } from '../../src/lib/lint/reporters/html/html.ts';
import { startChromium } from './chromium.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const flows = parseFlows(await readFile(join(root, 'test/fixtures/html-report/plant.json'), 'utf8'), 'plant.json');
const folder = await mkdtemp(join(tmpdir(), 'flowferry-picture-'));
const chromium = await startChromium();
try {
	const file = join(folder, 'report.html');
	await writeFile(file, renderHtml(lint(flows, { mode: 'load-balanced' }), flows, 'plant.json'));
	const page = await chromium.openPage({ width: 1400, height: 960 });
	await page.open(pathToFileURL(file).href);
	await page.click('.finding[data-id=a000000000000004] .where');
	await page.evaluate('scrollTo(0, 0)');
	await mkdir(join(root, 'docs/images'), { recursive: true });
	await page.screenshot(join(root, 'docs/images/html-report.png'));
} finally {
	await chromium.stop();
	await rm(folder, { recursive: true });
}
