import type { Mode } from '../flows/mode.ts';
import type { Severity } from './finding.ts';
import type { FailOn } from './report.ts';

/** What settings make of a rule's findings: another severity, or nothing. */
export type Level = Severity | 'off';

export const presetNames = ['hot-spare', 'load-balanced', 'strict'] as const;
export type PresetName = (typeof presetNames)[number];

/** What a preset says; a section that extends it may say otherwise. */
export interface Preset {
	mode?: Mode;
	failOn?: FailOn;
	rules?: Readonly<Record<string, Level>>;
}

export const presets: Readonly<Record<PresetName, Preset>> = {
	'hot-spare': { mode: 'hot-spare' },
	'load-balanced': { mode: 'load-balanced' },
	/** Nothing that is more than a remark passes, and nothing is put aside without care. */
	strict: { failOn: 'warning', rules: { 'suppression-without-reason': 'error', 'suppression-unused': 'error' } },
};
