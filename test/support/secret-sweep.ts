import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

export interface Sweep {
	/** `place: form` of each secret that was found. The secrets themselves are not repeated. */
	leaks: string[];
	files: number;
	gitObjects: number;
}

interface SweepOptions {
	secrets: readonly string[];
	/** What commands printed. */
	outputs: readonly string[];
	/** Files that hold secrets by right. */
	except?: (path: string) => boolean;
}

/** Looks for secrets, in every form that they may be written in, in all files of a folder, its git objects and some outputs. */
export async function sweep(folder: string, { secrets, outputs, except = () => false }: SweepOptions): Promise<Sweep> {
	const find = secretFinder(secrets);
	const leaks: string[] = [];
	const look = (place: string, content: Buffer) => {
		leaks.push(...find(content).map((name) => `${place}: ${name}`));
	};
	let files = 0;
	let gitObjects = 0;
	for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
		const path = join(entry.parentPath, entry.name);
		if (entry.name === '.git') {
			const objects = await readObjects(path);
			gitObjects += objects.toString('latin1').match(/^[0-9a-f]{40} (?:blob|tree|commit|tag) \d+$/gm)?.length ?? 0;
			look(`${relative(folder, path)} (objects)`, objects);
		}
		if (!entry.isFile() || except(path) || entry.parentPath.includes('node_modules')) continue;
		files++;
		look(relative(folder, path), await readFile(path));
	}
	for (const [index, output] of outputs.entries()) look(`output ${index}`, Buffer.from(output));
	return { leaks, files, gitObjects };
}

/** @returns what names those of the secrets that some bytes have in them, in any form */
export function secretFinder(secrets: readonly string[]): (content: Buffer) => string[] {
	const forms = secrets.flatMap((secret, index) =>
		formsOf(secret).map(({ form, bytes }) => ({ name: `secret ${index} (${form})`, bytes })),
	);
	return (content) => forms.filter(({ bytes }) => content.includes(bytes)).map(({ name }) => name);
}

/** Every object of a repository, as it is before git compresses it. */
function readObjects(gitFolder: string): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		const args = ['--git-dir', gitFolder, 'cat-file', '--batch-all-objects', '--batch', '--buffer'];
		execFile('git', args, { encoding: 'buffer', maxBuffer: 2 ** 30 }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
	});
}

function formsOf(secret: string): { form: string; bytes: Buffer }[] {
	const bytes = Buffer.from(secret);
	const texts: [form: string, text: string][] = [
		['as it is', secret],
		['in JSON', JSON.stringify(secret).slice(1, -1)],
		['in an address', encodeURIComponent(secret)],
		['in a form', new URLSearchParams({ '': secret }).toString().slice(1)],
		['in hex', bytes.toString('hex')],
		['in HEX', bytes.toString('hex').toUpperCase()],
		// Within a longer text, base64 depends on where it begins; what is left of it then is the same for all.
		...[0, 1, 2].map((shift): [string, string] => [`in base64, ${shift} later`, innerBase64(bytes, shift)]),
	];
	return texts.map(([form, text]) => ({ form, bytes: Buffer.from(text) }));
}

function innerBase64(bytes: Buffer, shift: number): string {
	const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
	const begin = shift === 0 ? 0 : 4;
	return text.slice(begin, text.length - 4);
}
