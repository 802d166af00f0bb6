import { z } from 'zod';
import { steps } from '../promotion/machine.ts';

/** The part of an environment's schema that says when a new release goes back, and what else is done on the way. */

const command = z.string().min(1);

export const httpCheck = z.strictObject({
	http: z.string().startsWith('/').describe('A path that the flows serve, asked of each active instance until it answers as expected.'),
	status: z.int().min(100).max(599).default(200).describe('The expected status.'),
	contains: z.string().optional().describe('Text that the body must contain.'),
});

export const mqttCheck = z
	.strictObject({
		mqtt: z
			.url({ protocol: /^(mqtts?|wss?)$/ })
			.refine((url) => !/^[^/]+\/\/[^/]*@/.test(url), {
				message: 'must not hold a user or a password: write username and password as keys of their own',
			})
			.describe("The broker's address: `mqtt://broker:1883`, `mqtts://broker:8883`."),
		username: z.string().min(1).optional().describe('Write it as ${NAME}.'),
		password: z.string().min(1).optional().describe('Write it as ${NAME}.'),
		expect: z.string().min(1).describe('The topic, or topic filter, on which a message must come. A retained message is not counted.'),
		publish: z.string().min(1).optional().describe('A topic to which a message is published, again each second until the answer comes.'),
		payload: z.string().optional().describe('What is published; default `{id}`. `{id}` becomes a text that no other check uses.'),
		contains: z.string().optional().describe('Text that the message must contain; `{id}` is the one that was published.'),
		qos: z.literal([0, 1, 2]).default(1).describe('Of both messages: 0, 1 or 2.'),
	})
	.refine((check) => check.payload === undefined || check.publish !== undefined, {
		message: 'payload needs publish: the topic that it goes to',
		path: ['payload'],
	})
	.refine((check) => check.publish === undefined || !/[#+]/.test(check.publish), {
		message: 'must be one topic: # and + stand for several and cannot be published to',
		path: ['publish'],
	});

export const commandCheck = z.strictObject({
	command: command.describe(
		'A shell command, run once for each active instance in the folder of this file; exit status 0 passes. It sees FLOWFERRY_URL and more: docs/guides/checks.md.',
	),
});

export const checks = z.array(z.union([httpCheck, mqttCheck, commandCheck]));

export type HttpCheck = z.infer<typeof httpCheck>;
export type MqttCheck = z.infer<typeof mqttCheck>;
export type CommandCheck = z.infer<typeof commandCheck>;
/** Told apart by their key. */
export type Check = HttpCheck | MqttCheck | CommandCheck;

/** The keys that tell a check's kind, each with a line to begin with. */
export const checkKinds = {
	http: '`http: /health`',
	mqtt: '`mqtt: mqtt://localhost:1883` and `expect: a/topic`',
	command: '`command: ./smoke-test.sh`',
} as const;

const DAY_MS = 86_400_000;

export const bake = z.strictObject({
	forMs: z
		.int()
		.min(0)
		.max(DAY_MS)
		.default(0)
		.describe('How long `promote` goes on watching after the traffic has moved; a failing check then goes back to the warm slot.'),
	checkEveryMs: z.int().min(100).max(DAY_MS).default(10_000).describe('Between two rounds of checks.'),
});

export const errorRate = z.strictObject({
	factor: z
		.int()
		.min(0)
		.max(1000)
		.default(5)
		.describe('So many times the errors per message that the old release logged in its last five minutes are too many; 0: not compared.'),
	minimum: z.int().min(1).max(1000).default(10).describe('Fewer errors than this are never too many.'),
});

/** What becomes of the old slot. */
export const keepChoices = ['warm', 'none'] as const;
export type Keep = (typeof keepChoices)[number];

const atSteps = z.partialRecord(z.enum(steps), command);

export const hooks = z.strictObject({
	before: atSteps.default({}).describe(`By step: a shell command that runs before it. The steps: ${steps.join(', ')}.`),
	after: atSteps.default({}).describe('By step: a shell command that runs after it, whether it was done or failed.'),
	promoted: command.optional().describe('Runs when the new release serves, after the bake time.'),
	roleChanged: command
		.optional()
		.describe(
			'Runs beside each instance, when it becomes active, stands by again, or has failed: docs/guides/hot-spare.md. One that fails is logged, no more.',
		),
	rolledBack: command.optional().describe('Runs when an earlier release serves: a promotion was undone, or `rollback` was asked for.'),
});
export type Hooks = z.infer<typeof hooks>;
