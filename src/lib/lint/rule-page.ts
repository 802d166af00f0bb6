import { type Mode, modes } from '../flows/mode.ts';
import { type Severity, severities } from './finding.ts';

/** Which severities a rule's findings may have in each mode, as its page says; none: the rule finds nothing there. */
export type SeveritiesByMode = Record<Mode, Severity[]>;

/** Reads them from the page's lines for the modes: `- **hot-spare**: **warning**. …`, where `the same` refers to the other mode. */
export function severitiesOfPage(page: string): SeveritiesByMode {
	const line = (mode: Mode): string => page.split('\n').find((each) => each.startsWith(`- **${mode}**:`)) ?? '';
	const named = (mode: Mode): Severity[] => severities.filter((severity) => line(mode).includes(`**${severity}**`));
	const read = (mode: Mode, other: Mode): Severity[] => (/^[^:]*: the same/.test(line(mode)) ? named(other) : named(mode));
	const [spare, balanced] = modes;
	return { [spare]: read(spare, balanced), [balanced]: read(balanced, spare) } as SeveritiesByMode;
}
