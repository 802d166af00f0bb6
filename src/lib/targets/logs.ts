import { mapTexts } from '../flows/map-texts.ts';

/** A line that an instance has written. */
export type LogLine = {
	/** `blue/0`. */
	instance: string;
} & (
	| {
			from: 'runner';
			/** ISO 8601, UTC. */
			time: string;
			event: string;
			facts: Record<string, unknown>;
	  }
	/** As Node-RED and its nodes print it, with a time of their own or none. */
	| { from: 'node-red'; text: string }
);

export interface LogRequest {
	/** So many lines from the end. */
	tail: number;
	/** Goes on with what is written from then on until this is aborted; null: it does not. */
	follow: AbortSignal | null;
}

/** A line of an instance's log as `runner/log.ts` and Node-RED write it. */
export function parseLogLine(instance: string, line: string): LogLine {
	const { time, runner: event, ...facts } = line.startsWith('{') ? parseObject(line) : {};
	if (typeof time !== 'string' || typeof event !== 'string') return { instance, from: 'node-red', text: line };
	return { instance, from: 'runner', time, event, facts };
}

function parseObject(text: string): Record<string, unknown> {
	try {
		return JSON.parse(text) as Record<string, unknown>;
	} catch {
		return {}; // a node printed something that only looks like ours
	}
}

/** The same line without what no output may repeat. Texts alone: a number that is also the value of some variable is no secret here. */
export function redactLogLine(line: LogLine, redact: (text: string) => string): LogLine {
	if (line.from === 'node-red') return { ...line, text: redact(line.text) };
	return { ...line, event: redact(line.event), facts: mapTexts(line.facts, redact) as Record<string, unknown> };
}
