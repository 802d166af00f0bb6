import { z } from 'zod';

const command = z.string().min(1);

/** The part of an environment's schema that `flowferry drill` reads. */
export const drill = z.strictObject({
	stopBroker: command.describe('A shell command, run in the folder of this file, that stops the MQTT broker of the flows.'),
	startBroker: command.describe(
		'A shell command that starts it again. It also runs where a drill is broken off, and where stopBroker failed: it must not mind a broker that runs.',
	),
});
export type DrillConfig = z.infer<typeof drill>;
