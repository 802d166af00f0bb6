/**
 * Takes back what a drill has done to a container when its standard input ends: with the command's own word, and also where the command
 * is killed before. It gets its task as the first line of its input, and says `ready` when the engine has answered.
 */
import { standByToWake } from '../lib/targets/docker/waker.ts';

// A Ctrl-C is for the command.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {});
process.exitCode = await standByToWake(process.stdin, process.stdout);
