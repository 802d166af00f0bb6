import { Chalk } from 'chalk';

/** How views dress words; each function returns its text unchanged where there is no colour. */
export interface Theme {
	strong(text: string): string;
	dim(text: string): string;
	good(text: string): string;
	error(text: string): string;
	warning(text: string): string;
	info(text: string): string;
}

/** Part of a tty stream. Node's `hasColors` honours NO_COLOR, FORCE_COLOR and TERM; a pipe or file has no such method. */
export interface ColourStream {
	hasColors?: () => boolean;
}

export function createTheme(stream: ColourStream): Theme {
	const chalk = new Chalk({ level: stream.hasColors?.() ? 1 : 0 });
	return {
		strong: (text) => chalk.bold(text),
		dim: (text) => chalk.dim(text),
		good: (text) => chalk.green(text),
		error: (text) => chalk.red(text),
		warning: (text) => chalk.yellow(text),
		info: (text) => chalk.blue(text),
	};
}

/** Without any colour: for files, and for tests. */
export const plainTheme: Theme = createTheme({});
