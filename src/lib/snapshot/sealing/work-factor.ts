/**
 * scrypt's cost as a power of two; 2^17 with blocks of 8 is what OWASP's password storage cheat sheet asks for at least: 128 MiB and
 * about 0.4 s of a core for each guess (`npm run bench:snapshot` measures a whole snapshot). age's default is 18, for files that one
 * opens now and then; a promotion waits for this in CI. age itself, and any other program that knows its format, opens what is
 * sealed here.
 */
export const WORK_FACTOR = 17;
