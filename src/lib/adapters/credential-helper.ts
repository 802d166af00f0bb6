import { execa } from 'execa';

const ANSWER_MS = 20_000;

/**
 * Asks one of Docker's credential helpers: a program that gets a registry's name on its standard input and answers in JSON.
 * @param env its whole environment
 * @returns undefined where it knows of no sign-in, or cannot be run: the registry then says whether one is needed
 */
export async function askCredentialHelper(
	program: string,
	registry: string,
	env: Readonly<Record<string, string | undefined>>,
): Promise<{ username: string; secret: string } | undefined> {
	const { failed, stdout } = await execa(program, ['get'], {
		...{ input: registry, env: { ...env }, extendEnv: false, reject: false, timeout: ANSWER_MS, stderr: 'ignore' },
	});
	if (failed || typeof stdout !== 'string') return undefined;
	try {
		const { Username: username, Secret: secret } = Object(JSON.parse(stdout)) as { Username?: unknown; Secret?: unknown };
		return typeof username === 'string' && typeof secret === 'string' ? { username, secret } : undefined;
	} catch {
		return undefined;
	}
}
