/** When an environment may be changed: by the clock on the wall of a named time zone. Pure; the caller says what time it is. */

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Open on these days from `from` until before `to`; where `to` is the earlier one, until that time of the next day. */
export interface Window {
	/** `mon`, or `mon-fri`; the day on which it opens. */
	days: readonly string[];
	/** `22:00`. */
	from: string;
	/** `04:00`; `24:00` is the end of the day. */
	to: string;
	/** `Europe/Berlin`. */
	timeZone: string;
}

/** Closed from the first day to the last, both included. */
export interface Freeze {
	/** `2026-12-20`. */
	from: string;
	to: string;
	timeZone: string;
	/** Why. */
	because: string;
}

/** Whether it is open now; else why not, and when it opens next: null where it does not within a year. */
export type Opening = { open: true } | { open: false; because: string; opensAt: Date | null };

/** What a clock on the wall shows. */
interface WallTime {
	/** Days since 1970-01-01. */
	day: number;
	/** Since midnight; a whole number. */
	minute: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAY_MINUTES = 1440;
/** How far ahead the next opening is looked for: nearly always within the week. */
const HORIZONS_DAYS = [8, 366];

/** No windows: always open, but for freezes. */
export function openingAt(windows: readonly Window[], freezes: readonly Freeze[], now: Date): Opening {
	const because = closedBecause(windows, freezes, now);
	return because === null ? { open: true } : { open: false, because, opensAt: nextOpening(windows, freezes, now) };
}

function nextOpening(windows: readonly Window[], freezes: readonly Freeze[], now: Date): Date | null {
	for (const days of HORIZONS_DAYS) {
		const found = openingWithin(days, windows, freezes, now);
		if (found) return found;
	}
	return null;
}

function closedBecause(windows: readonly Window[], freezes: readonly Freeze[], at: Date): string | null {
	const freeze = freezes.find((each) => isFrozen(each, at));
	if (freeze) return `it is frozen from ${freeze.from} to ${freeze.to}: ${freeze.because}`;
	if (windows.length === 0 || windows.some((window) => isWithin(window, at))) return null;
	return `its windows are ${windows.map(renderWindow).join('; ')}`;
}

/** It opens where a window begins, where the clock is put into one, or where a freeze ends. */
function openingWithin(days: number, windows: readonly Window[], freezes: readonly Freeze[], now: Date): Date | null {
	const beginnings = windows.flatMap(({ from, timeZone }) => {
		const today = wallTime(now, timeZone).day;
		// From yesterday: it may be later there than here.
		return Array.from({ length: days + 2 }, (_, ahead) => today - 1 + ahead).flatMap((day) =>
			momentsAround({ day, minute: minuteOf(from) }, timeZone),
		);
	});
	const thaws = freezes.flatMap(({ to, timeZone }) => momentsAround({ day: dayOf(to) + 1, minute: 0 }, timeZone));
	return (
		[...beginnings, ...thaws]
			.filter((at) => at > now && at.getTime() <= now.getTime() + days * DAY_MS)
			.sort((one, other) => one.getTime() - other.getTime())
			.find((at) => closedBecause(windows, freezes, at) === null) ?? null
	);
}

function isWithin(window: Window, at: Date): boolean {
	const { day, minute } = wallTime(at, window.timeZone);
	const [from, to] = [minuteOf(window.from), minuteOf(window.to)];
	if (from < to) return opensOn(window, day) && from <= minute && minute < to;
	return (opensOn(window, day) && minute >= from) || (opensOn(window, day - 1) && minute < to);
}

function isFrozen({ from, to, timeZone }: Freeze, at: Date): boolean {
	const { day } = wallTime(at, timeZone);
	return dayOf(from) <= day && day <= dayOf(to);
}

function opensOn({ days }: Window, day: number): boolean {
	// The first of January 1970 was a Thursday.
	const weekday = (((day + 3) % 7) + 7) % 7;
	return days.some((span) => {
		const [first = 0, last = first] = span.split('-').map((name) => weekdays.indexOf(name as Weekday));
		return first <= last ? first <= weekday && weekday <= last : weekday >= first || weekday <= last;
	});
}

function renderWindow({ days, from, to, timeZone }: Window): string {
	return `${days.join(', ')} from ${from} to ${to} (${timeZone})`;
}

/** `Fri 2026-11-27 22:00 (Europe/Berlin)`. */
export function renderMoment(at: Date, timeZone: string): string {
	const { day, minute } = wallTime(at, timeZone);
	const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
	const name = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short' }).format(day * DAY_MS);
	return `${name} ${date} ${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')} (${timeZone})`;
}

function minuteOf(time: string): number {
	const [hours = 0, minutes = 0] = time.split(':').map(Number);
	return hours * 60 + minutes;
}

function dayOf(date: string): number {
	return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** @param timeZone a name that Intl knows */
export function wallTime(at: Date | number, timeZone: string): WallTime {
	const format =
		formats.get(timeZone) ??
		new Intl.DateTimeFormat('en-US', {
			timeZone,
			calendar: 'gregory',
			numberingSystem: 'latn',
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
		});
	formats.set(timeZone, format);
	const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)])) as Record<string, number>;
	const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
	return { day: Date.UTC(year, month - 1, day) / DAY_MS, minute: hour * 60 + minute };
}

/**
 * When the clock on the wall shows that time: once, or twice, or never; and when it is put forward or back, where that is within a day
 * of it.
 */
function momentsAround({ day, minute }: WallTime, timeZone: string): Date[] {
	const wanted = day * DAY_MINUTES + minute;
	const offsetAt = (at: number) => {
		const wall = wallTime(at * MINUTE_MS, timeZone);
		return wall.day * DAY_MINUTES + wall.minute - at;
	};
	// Clocks differ from UTC by less than a day.
	let [low, high] = [wanted - DAY_MINUTES, wanted + DAY_MINUTES];
	const [before, after] = [offsetAt(low), offsetAt(high)];
	const moments = [before, after].map((offset) => wanted - offset).filter((at) => at + offsetAt(at) === wanted);
	if (before !== after) {
		while (high - low > 1) {
			const middle = Math.floor((low + high) / 2);
			if (offsetAt(middle) === before) low = middle;
			else high = middle;
		}
		moments.push(high);
	}
	return moments.map((at) => new Date(at * MINUTE_MS));
}
