import { createLiveView } from '../../../src/lib/ui/live-view.ts';

/** Enough of a terminal to see what is left on its screen. */
class Terminal {
	readonly isTTY = true;
	readonly rows: number;
	readonly main: string[] = [];
	writes = 0;
	#screen: string[] = [];
	#inAlternate = false;
	#row = 0;
	#column = 0;

	constructor(rows: number) {
		this.rows = rows;
	}

	get screen(): string[] {
		return [...this.#screen];
	}

	write(text: string): void {
		this.writes++;
		for (const [token] of text.matchAll(/\p{Cc}\[[?\d]*[a-zA-Z]|\r|\n|\P{Cc}+/gu)) this.#take(token);
	}

	#take(token: string): void {
		const line = this.#screen[this.#row] ?? '';
		if (token === '\x1b[?1049h') this.#inAlternate = true;
		else if (token === '\x1b[?1049l') this.#inAlternate = false;
		else if (token === '\x1b[H') this.#row = this.#column = 0;
		else if (token === '\x1b[K') this.#screen[this.#row] = line.slice(0, this.#column);
		else if (token === '\x1b[J') this.#screen.length = this.#row + 1;
		else if (token === '\r') this.#column = 0;
		else if (token === '\n') this.#row++;
		else if (!token.startsWith('\x1b')) {
			if (!this.#inAlternate) this.main.push(token);
			this.#screen[this.#row] = line.slice(0, this.#column).padEnd(this.#column) + token + line.slice(this.#column + token.length);
			this.#column += token.length;
		}
		if (this.#row >= this.rows) throw new Error('it scrolls');
	}
}

describe('a text that changes', () => {
	it('is drawn over the one before on a terminal, in one piece, and nothing of that is left', () => {
		const terminal = new Terminal(4);
		const view = createLiveView(terminal);
		view.show('a long first line\nsecond\nthird');
		expect(terminal.screen).toEqual(['a long first line', 'second', 'third']);
		view.show('short\nother');
		expect(terminal.screen).toEqual(['short', 'other']);
		expect(terminal.writes).toBe(2);
		expect(terminal.main).toEqual([]);
	});

	it('is cut where the terminal is too low', () => {
		const terminal = new Terminal(2);
		createLiveView(terminal).show('1\n2\n3');
		expect(terminal.screen).toEqual(['1', '2']);
	});

	it('leaves what was shown last, whole, on the screen from before', () => {
		const terminal = new Terminal(4);
		const view = createLiveView(terminal);
		view.show('first');
		view.show('last');
		view.end();
		view.end();
		expect(terminal.main).toEqual(['last']);
	});

	it('is one block after the other elsewhere', () => {
		let text = '';
		const view = createLiveView({ write: (more) => (text += more) });
		view.show('first\nof two');
		view.show('second');
		view.end();
		expect(text).toBe('first\nof two\n\nsecond\n\n');
	});
});
