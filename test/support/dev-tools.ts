import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

// biome-ignore lint/suspicious/noExplicitAny: what the protocol answers is different for each method
type Answer = any;

/** Chromium's DevTools protocol over the pipe of `--remote-debugging-pipe`: JSON messages, each ended by a NUL. */
export interface DevTools {
	/** @throws where the browser refuses, ends, or does not answer within 30 s */
	send(method: string, parameters?: object, sessionId?: string): Promise<Answer>;
	/** Calls back for each event of a session. */
	listen(sessionId: string, listener: (method: string, parameters: Answer) => void): void;
	/** The next event of a name; rejects after 30 s. */
	next(sessionId: string, method: string): Promise<Answer>;
}

const PATIENCE_MS = 30_000;

/** @param log gives what the browser has printed, for errors */
export function createDevTools(browser: ChildProcess, log: () => string): DevTools {
	const toBrowser = browser.stdio[3] as Writable;
	const fromBrowser = browser.stdio[4] as Readable;
	const pending = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
	const listeners = new Map<string, ((method: string, parameters: Answer) => void)[]>();
	let count = 0;
	let parts: Buffer[] = [];

	toBrowser.on('error', () => undefined);
	fromBrowser.on('data', (chunk: Buffer) => {
		let start = 0;
		for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
			receive(Buffer.concat([...parts, chunk.subarray(start, end)]).toString());
			parts = [];
			start = end + 1;
		}
		parts.push(chunk.subarray(start));
	});
	browser.once('exit', (code, signal) => {
		for (const { reject } of pending.values()) reject(new Error(`chromium ended with ${code ?? signal}:\n${log()}`));
		pending.clear();
	});

	function receive(text: string): void {
		const { id, method, params, result, error, sessionId } = JSON.parse(text);
		if (id === undefined) {
			for (const listener of listeners.get(sessionId) ?? []) listener(method, params);
			return;
		}
		const call = pending.get(id);
		pending.delete(id);
		if (error) call?.reject(new Error(`chromium: ${error.message} ${error.data ?? ''}`));
		else call?.resolve(result);
	}

	const listen: DevTools['listen'] = (sessionId, listener) => {
		const known = listeners.get(sessionId);
		if (known) known.push(listener);
		else listeners.set(sessionId, [listener]);
	};
	return {
		send: (method, parameters = {}, sessionId) =>
			within(method, (resolve, reject) => {
				const id = ++count;
				pending.set(id, { resolve, reject });
				toBrowser.write(`${JSON.stringify({ id, method, params: parameters, sessionId })}\0`);
			}),
		listen,
		next: (sessionId, wanted) =>
			within(wanted, (resolve) => {
				let open = true;
				listen(sessionId, (method, parameters) => {
					if (open && method === wanted) {
						open = false;
						resolve(parameters);
					}
				});
			}),
	};

	function within(what: string, start: (resolve: (answer: Answer) => void, reject: (error: Error) => void) => void): Promise<Answer> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`chromium: no ${what} within ${PATIENCE_MS} ms\n${log()}`)), PATIENCE_MS);
			const settle =
				<T>(end: (value: T) => void) =>
				(value: T) => {
					clearTimeout(timer);
					end(value);
				};
			start(settle(resolve), settle(reject));
		});
	}
}
