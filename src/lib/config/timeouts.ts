import { z } from 'zod';

/** How long things may take. */

const ms = z.int().positive();

export const timeouts = z.strictObject({
	installMs: ms.default(300_000).describe('npm ci of the palette, and of Node-RED where it is not there yet.'),
	startMs: ms.default(60_000).describe('From starting an instance to its standing by.'),
	connectMs: ms
		.default(5_000)
		.describe('Behind their gate, the new flows connect, and the place of the cut is found, within this; else they start after the old.'),
	quiesceMs: ms.default(5_000).describe("Closing the old instances' sources."),
	drainMs: ms.default(10_000).describe('Waiting for what is inside the old instances; what is left then is counted and reported.'),
	handOverMs: ms.default(20_000).describe('Stopping the old flows and passing the lease on.'),
	activateMs: ms.default(20_000).describe('Starting the flows of the new instances.'),
	verifyMs: ms.default(10_000).describe("All checks together, after the new instances' start and at each round of the bake time."),
	hookMs: ms.default(10_000).describe('Each hook; one that takes longer is ended, with the processes that it started, and has failed.'),
	contextMs: ms.default(10_000).describe("Reading the old instances' context, and again writing it into the new."),
	holdMs: ms.default(30_000).describe('The longest that a request waits during a cutover; then 503.'),
	stopMs: ms
		.default(20_000)
		.describe('Ending an instance or the gateway; what still runs then is killed. Node-RED gives its nodes 15,000 to close.'),
	answerMs: ms.default(2_000).describe("An instance's answer to a question about its state; one that is silent for longer counts as gone."),
	hungMs: ms
		.default(2_000)
		.describe(
			"Without a sign of life from Node-RED's event loop for so long, it is killed; a spare takes over, or it is started again. Flows that block it for longer need more.",
		),
	lockMs: ms.default(4_000).describe('How long the lock of a command that was killed stays; the next command waits for its end.'),
	abortMs: ms.default(120_000).describe('How long `flowferry abort` waits for a running promotion to have gone back.'),
});
