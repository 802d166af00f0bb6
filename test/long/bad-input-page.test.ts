import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { badInputs, renderPage } from '../support/bad-inputs.ts';

/** Each is brought about for real; after a change of words: `node test/support/generate-bad-input-page.ts`. */
describe('the page of bad inputs', () => {
	it('has every case, with the words that are said', async () => {
		const page = await readFile(fileURLToPath(new URL('../../docs/bad-input.md', import.meta.url)), 'utf8');
		expect(await renderPage()).toBe(page);
		expect(page.match(/^\*\*.* · exit status [26]$/gm)).toHaveLength(Object.values(badInputs).flat().length);
	}, 600_000);
});
