import { openSync, writeSync } from 'node:fs';

/** The instance's log: the runner's lines as JSON, Node-RED's as it prints them. Readable for its owner alone. */
export class Log {
	readonly descriptor: number;

	constructor(file: string) {
		this.descriptor = openSync(file, 'a', 0o600);
	}

	write(event: string, facts: object): void {
		try {
			writeSync(this.descriptor, `${JSON.stringify({ time: new Date().toISOString(), runner: event, ...facts })}\n`);
		} catch {
			// A full disk must not end the runner: its instance may be the active one.
		}
	}
}
