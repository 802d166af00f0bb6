import { z } from 'zod';
import { type Window, weekdays } from '../protection/windows.ts';

/** The part of an environment's schema that says who may change it, when, and with whose consent. */

/** Checked here and not by a pattern of the schema, so that the message is ours. */
const matching = (pattern: RegExp, message: string) => z.string().refine((text) => pattern.test(text), { message });

const day = weekdays.join('|');
const date = matching(/^\d{4}-\d{2}-\d{2}$/, 'must be a day: 2026-12-20').refine((text) => isDay(text), {
	message: 'is no day of the calendar',
});
const timeZone = z
	.string()
	.min(1)
	.default('UTC')
	.refine(isTimeZone, { message: 'is no time zone that is known here: Europe/Berlin, America/New_York, UTC' })
	.describe('By name: `Europe/Berlin`. Summer time is minded.');
const identities = z.array(z.string().min(1));

const window = z
	.strictObject({
		days: z
			.array(matching(new RegExp(`^(${day})(-(${day}))?$`), `must be one of ${weekdays.join(', ')}, or a span: mon-fri`))
			.min(1)
			.default(['mon-sun'])
			.describe('On which it opens: `mon`, `mon-fri`.'),
		from: matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day: 22:00').describe('`22:00`.'),
		to: matching(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day: 04:00').describe(
			'`04:00`: where it is earlier than from, of the next day; `24:00`: the end of the day.',
		),
		timeZone,
	})
	.refine(({ from, to }: Window) => from !== to, { path: ['to'], message: 'must differ from from: 00:00 to 24:00 is a whole day' });

const freeze = z
	.strictObject({
		from: date.describe('The first day: `2026-12-20`.'),
		to: date.describe('The last day.'),
		timeZone,
		because: z.string().min(1).default('a freeze').describe('What whoever is refused is told.'),
	})
	.refine(({ from, to }) => from <= to, { path: ['to'], message: 'must not be before from' });

export const protection = z.strictObject({
	by: identities
		.min(1)
		.default(['*'])
		.describe(
			'Who may change it: `Name <mail>` or the address as git would sign, `github:octocat` or `gitlab:jane` in CI; `*` stands for any text.',
		),
	identity: z
		.string()
		.min(1)
		.optional()
		.describe('Who works here, instead of what git or the CI system says: `${CI_USER}`. Take it from where only your CI can write.'),
	approvals: z
		.int()
		.min(0)
		.max(20)
		.default(0)
		.describe('So many others must have approved a snapshot, or a saved plan, before it may be promoted: `flowferry approve`.'),
	approvers: identities.optional().describe('Who may approve; default: as by.'),
	override: identities
		.optional()
		.describe(
			'Who may go on with --override REASON outside of windows, or without approvals or the stage before; default: as by; `[]`: nobody.',
		),
	windows: z.array(window).default([]).describe('When it may be changed; default: at any time.'),
	freezes: z.array(freeze).default([]).describe('Days on which it may not, whatever the windows say.'),
});
export type Protection = z.infer<typeof protection>;

function isDay(text: string): boolean {
	const at = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

function isTimeZone(name: string): boolean {
	try {
		new Intl.DateTimeFormat('en', { timeZone: name });
		return true;
	} catch {
		return false;
	}
}

/**
 * The environments that stand before others, where something is wrong with them: one that is not there, or that comes, by way of
 * others, after itself.
 */
export function stageFaults(environments: Readonly<Record<string, { after?: string | undefined }>>): { name: string; message: string }[] {
	const names = Object.keys(environments);
	return names.flatMap((name) => {
		const { after } = environments[name] as { after?: string };
		if (after === undefined) return [];
		if (!names.includes(after)) return [{ name, message: `names ${after}, which is no environment; there are ${names.join(', ')}` }];
		const way = [name];
		for (let at: string | undefined = after; at !== undefined; at = environments[at]?.after) {
			if (at === name) return [{ name, message: `goes in a circle: ${[...way, name].join(' after ')}` }];
			if (way.includes(at)) return [];
			way.push(at);
		}
		return [];
	});
}
