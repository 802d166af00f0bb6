import { z } from 'zod';
import { confidences, severities } from '../lint/finding.ts';
import { presetNames } from '../lint/presets.ts';

/** The section `lint`. */

export const failOn = z.enum([...severities, 'never']);

const ruleLevels = z
	.record(z.string(), z.enum(['off', ...severities]))
	.describe('By rule id: `off`, or the severity that all its findings get; `flowferry rules` lists the ids.');

const lintOverride = z.strictObject({
	flows: z.array(z.string()).optional().describe('Ids or names of flows and subflows; `*` stands for any text.'),
	files: z
		.array(z.string())
		.optional()
		.describe("Paths from this file's folder; `*` stays in a folder, `**` spans folders, a bare name is one in any folder."),
	rules: ruleLevels,
});

export const lint = z.strictObject({
	extends: z
		.array(z.enum(presetNames))
		.default([])
		.describe(
			'Presets, later ones win: `hot-spare` and `load-balanced` set the mode; `strict` fails on warnings and on poor suppressions.',
		),
	failOn: failOn.optional().describe('Findings of this severity or worse fail `flowferry lint`; default error.'),
	maxWarnings: z
		.int()
		.min(0)
		.max(1_000_000)
		.optional()
		.describe('More warnings than this fail `flowferry lint`; default: any number passes.'),
	minConfidence: z.enum(confidences).optional().describe('Findings of less confidence are left out; default low: none is.'),
	rules: ruleLevels.default({}),
	overrides: z.array(lintOverride).default([]).describe('Other levels for some flows or files; later entries win.'),
	types: z
		.array(z.record(z.string(), z.unknown()))
		.default([])
		.describe(
			'Node types of your own, or other words on known ones: `{ type: acme-counter, keeps: its count }`; docs/guides/lint.md has the keys.',
		),
	plugins: z
		.array(z.string().min(1))
		.default([])
		.describe(
			"Modules with rules and node types of your own: paths from this file's folder (`./lint-rules.js`), or packages installed there; docs/guides/lint.md says what they export.",
		),
	contextStorage: z
		.record(z.string(), z.unknown())
		.optional()
		.describe("As in production's Node-RED settings; `shared: true` in a store says that all instances see the same."),
	ignore: z
		.strictObject({
			flows: z.array(z.string()).default([]).describe('Ids or names of flows and subflows.'),
			files: z.array(z.string()).default([]).describe('Paths, as in overrides.'),
		})
		.prefault({})
		.describe('What is not judged at all.'),
});
