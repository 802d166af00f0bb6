import { createConnection } from 'node:net';

/** Nobody listens at the socket. */
export class HaproxyGone extends Error {}

/** HAProxy answers within milliseconds; one that has not by then is stuck. */
const answerMs = 3_000;

/** What an order that was carried out may say; anything else is a complaint. */
const harmless = /changed from '|no need to change|nothing changed/;

/**
 * Sends commands to HAProxy's runtime socket, in one go, and gives what it answers.
 * @throws HaproxyGone where nobody listens; any other Error where no answer comes
 */
export function ask(socketFile: string, commands: readonly string[]): Promise<string> {
	return new Promise((resolve, reject) => {
		let answer = '';
		const socket = createConnection(socketFile);
		socket.setEncoding('utf8');
		socket.setTimeout(answerMs, () => socket.destroy(new Error(`no answer within ${answerMs} ms`)));
		socket.on('data', (text) => {
			answer += text;
		});
		socket.on('error', (error: NodeJS.ErrnoException) => {
			const gone = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
			reject(gone ? new HaproxyGone(error.message, { cause: error }) : error);
		});
		socket.on('end', () => resolve(answer));
		socket.end(`${commands.join(';')}\n`);
	});
}

/**
 * The same for orders, which say nothing when they are carried out.
 * @throws Error with HAProxy's words where it refuses one; the others may have been carried out
 */
export async function order(socketFile: string, commands: readonly string[]): Promise<void> {
	const complaints = (await ask(socketFile, commands)).split('\n').filter((line) => line.trim() !== '' && !harmless.test(line));
	if (complaints.length > 0) throw new Error(complaints.join('; '));
}
