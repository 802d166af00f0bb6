/** Part of a stream; a terminal has `isTTY` and `rows`. */
export interface ViewStream {
	write(text: string): unknown;
	isTTY?: boolean | undefined;
	rows?: number | undefined;
}

/** Shows a text that changes. */
export interface LiveView {
	show(text: string): void;
	/** What was shown last stays. */
	end(): void;
}

// ECMA-48 and xterm's private modes; Node's readline has none for the screen that programs leave without a trace.
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l'; // alternate screen, no cursor, no wrapping: a line is a row
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';
const ROWS = 24;

/** On a terminal each text takes the place of the one before, drawn over it in one piece; elsewhere one follows the other. */
export function createLiveView(stream: ViewStream): LiveView {
	return stream.isTTY ? onTerminal(stream) : inBlocks(stream);
}

function onTerminal(stream: ViewStream): LiveView {
	let last: string | null = null;
	return {
		show: (text) => {
			const rows = text.split('\n').slice(0, stream.rows ?? ROWS);
			stream.write(`${last === null ? ENTER : ''}${HOME}${rows.join(`${CLEAR_LINE}\r\n`)}${CLEAR_LINE}${CLEAR_BELOW}`);
			last = text;
		},
		end: () => {
			if (last !== null) stream.write(`${LEAVE}${last}\n`);
			last = null;
		},
	};
}

function inBlocks(stream: ViewStream): LiveView {
	return { show: (text) => stream.write(`${text}\n\n`), end: () => {} };
}
