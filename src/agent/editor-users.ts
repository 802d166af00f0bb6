import { scrypt, timingSafeEqual } from 'node:crypto';
import type { EditorUser } from './protocol.ts';

/** Who may sign in to the editor. */
export class EditorUsers {
	readonly #users: ReadonlyMap<string, EditorUser>;
	/** Of somebody whom nobody knows: so that an answer takes as long, whether the name is right or not. */
	readonly #nobody: EditorUser;
	#turn: Promise<unknown> = Promise.resolve();

	/** @throws Error where there is none */
	constructor(users: readonly EditorUser[]) {
		const [first] = users;
		if (!first) throw new Error('an editor without users');
		this.#users = new Map(users.map((user) => [user.name, user]));
		this.#nobody = { ...first, name: '' };
	}

	has(name: string): boolean {
		return this.#users.has(name);
	}

	/** One after the other: a hash takes memory and one of Node.js's few threads, and the flows need these. */
	async verify(name: unknown, password: unknown): Promise<boolean> {
		const user = this.#users.get(String(name)) ?? this.#nobody;
		const matched = this.#turn.then(() => matches(user, String(password)));
		this.#turn = matched.catch(() => {});
		return (await matched) && user !== this.#nobody;
	}
}

function matches({ salt, hash, cost }: EditorUser, password: string): Promise<boolean> {
	const expected = Buffer.from(hash, 'base64');
	return new Promise((resolve, reject) => {
		scrypt(password, Buffer.from(salt, 'base64'), expected.length, { cost, maxmem: 256 * cost * 8 }, (error, key) => {
			if (error) reject(error);
			else resolve(timingSafeEqual(key, expected));
		});
	});
}
