import { styleText } from 'node:util';

/** Tells the person what goes on. With `--json` it goes to standard error, so that standard output is one object. */
export interface Narrator {
	/** A chapter of the story. */
	chapter(title: string): void;
	line(text: string): void;
	/** A command, as the person would type it. */
	command(args: string[]): void;
}

export function createNarrator(stream: NodeJS.WriteStream): Narrator {
	const write = (text: string) => stream.write(`${text}\n`);
	return {
		chapter: (title) => write(`\n${styleText('bold', title, { stream })}`),
		line: (text) => write(`  ${text}`),
		command: (args) => write(styleText('cyan', `$ flowferry ${args.map(quote).join(' ')}`, { stream })),
	};
}

function quote(arg: string): string {
	return /^[\w./=-]+$/.test(arg) ? arg : `'${arg}'`;
}
