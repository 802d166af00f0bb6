import { z } from 'zod';

/** The part of an environment's schema that says which hosts are right in it. */
export const hosts = z
	.array(z.string().trim().min(1))
	.describe(
		'Hosts that flows may connect to in this environment although they look like ones of the dev machine alone, such as `localhost`, `mosquitto` or `*.local`; `*` stands for any text.',
	);
