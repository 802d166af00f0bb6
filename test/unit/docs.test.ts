import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitStatusMeaning } from '../../src/lib/errors/exit-status.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFile(join(root, file), 'utf8');

async function pages(): Promise<string[]> {
	const docs = await readdir(join(root, 'docs'), { recursive: true });
	return ['README.md', 'CHANGELOG.md', ...docs.filter((file) => file.endsWith('.md')).map((file) => join('docs', file))];
}

/** In code, that is: between backticks, and at the beginning of a line of shell. */
function namedCommands(page: string): string[] {
	const shell = [...page.matchAll(/```(?:sh|bash|console)\n([\s\S]*?)```/g)].flatMap((match) => (match[1] as string).split('\n'));
	const inline = [...page.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] as string);
	return [...shell, ...inline].flatMap((text) => /^\$? ?flowferry ([a-z]+)/.exec(text)?.[1] ?? []);
}

describe('the documentation', () => {
	it.each(['README.md', 'docs/exit-status.md'])('%s has the table of exit statuses as the code has it', async (file) => {
		const text = (await read(file)).replaceAll(/ +/g, ' '); // tables are padded
		for (const [status, meaning] of Object.entries(exitStatusMeaning)) expect(text).toContain(`| ${status} | ${meaning} |`);
	});

	it('links only to what is there', async () => {
		const broken: string[] = [];
		for (const page of await pages()) {
			for (const [, target = ''] of (await read(page)).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
				if (!/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(page), target))) broken.push(`${page}: ${target}`);
			}
		}
		expect(broken).toEqual([]);
	});

	it('names only commands that there are, and every one of them in the README', async () => {
		const commands = (await readdir(join(root, 'src/commands'))).map((file) => file.replace(/\.ts$/, ''));
		const unknown: string[] = [];
		for (const page of await pages()) {
			for (const command of namedCommands(await read(page)))
				if (![...commands, 'help'].includes(command)) unknown.push(`${page}: ${command}`);
		}
		expect(unknown).toEqual([]);
		const readme = await read('README.md');
		for (const command of commands) expect(readme).toContain(`flowferry ${command}`);
	});

	it('shows a sample configuration that flowferry takes', async () => {
		const { parseConfig } = await import('../../src/lib/config/load.ts');
		const samples = [...(await read('README.md')).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] as string);
		expect(samples.length).toBeGreaterThan(0);
		for (const sample of samples) expect(() => parseConfig(sample, 'README.md', { DEV_TOKEN: 'x', MQTT_PASSWORD: 'x' })).not.toThrow();
	});
});
