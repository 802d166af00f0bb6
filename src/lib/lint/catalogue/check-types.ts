import { FlowferryError } from '../../errors/flowferry-error.ts';
import { isRecord } from '../../flows/is-record.ts';
import { modes } from '../../flows/mode.ts';
import { emissions, judgements, type NodeKnowledge } from './knowledge.ts';

/** What a key of an entry must hold; the text says it to people. */
const checks: Record<string, [says: string, holds: (value: unknown) => boolean]> = {
	types: ['one type or a list of types', (value) => isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText))],
	type: ['a type', isText],
	module: ['the name of an npm module', isText],
	versions: ['a version range', isText],
	emits: [`one of ${emissions.join(', ')}`, (value) => emissions.includes(value as never)],
	emitsWhen: ['a property, and the values that count as oneOf', isSetting],
	competes: ["'always', or a property and the values that count as oneOf", (value) => value === 'always' || isSetting(value)],
	loses: ['a text', isText],
	keeps: ['a text', isText],
	locks: ['a text', isText],
	binds: ['to: hardware or account, and what', isBinding],
	serves: ['a text', isText],
	local: ['a text', isText],
	acts: ['true', (value) => value === true],
	widget: ['true', (value) => value === true],
	inert: ['true', (value) => value === true],
	verdicts: [`by mode (${modes.join(', ')}), one of ${judgements.join(', ')}`, isVerdicts],
	reason: ['a text', isText],
	evidence: ['a text', isText],
};

/**
 * The types that a team describes, as they stand in its configuration: a list of entries as in the catalogue, where `type` may
 * stand for `types` and `module` may be left out. `origin` names the place in errors.
 * @throws FlowferryError LINT_TYPES_INVALID
 */
export function checkTypes(value: unknown, origin: string): NodeKnowledge[] {
	if (!Array.isArray(value)) throw invalid(`${origin} is not a list of node types`);
	return value.map((entry, index) => checkEntry(entry, `${origin}[${index}]`));
}

function checkEntry(entry: unknown, place: string): NodeKnowledge {
	if (!isRecord(entry)) throw invalid(`${place} is not an entry with keys`);
	for (const [key, value] of Object.entries(entry)) {
		const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
		if (!check) throw invalid(`${place} has the key '${key}', which means nothing; known are ${Object.keys(checks).join(', ')}`);
		if (!check[1](value)) throw invalid(`${place}.${key} must be ${check[0]}`);
	}
	const { type, types, ...rest } = entry;
	const named = [types ?? type].flat().filter(isText);
	if (named.length === 0) throw invalid(`${place} names no type`);
	// What a team says of its own nodes is as good as read in their source.
	return { module: 'of your own', evidence: place, ...rest, types: named } as NodeKnowledge;
}

function invalid(message: string): FlowferryError {
	return new FlowferryError({
		code: 'LINT_TYPES_INVALID',
		message,
		hint: 'Describe a type as in: { type: acme-counter, keeps: its count }, or { type: acme-read, emits: poll, verdicts: { load-balanced: safe } }.',
	});
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value.trim() !== '';
}

function isSetting(value: unknown): boolean {
	if (!isRecord(value) || !isText(value.property)) return false;
	const { oneOf } = value;
	return oneOf === undefined || (Array.isArray(oneOf) && oneOf.every((item) => typeof item === 'string'));
}

function isBinding(value: unknown): boolean {
	return (
		isRecord(value) &&
		(value.to === 'hardware' || value.to === 'account') &&
		isText(value.what) &&
		(value.when === undefined || isSetting(value.when))
	);
}

function isVerdicts(value: unknown): boolean {
	return (
		isRecord(value) &&
		Object.entries(value).every(([mode, verdict]) => modes.includes(mode as never) && judgements.includes(verdict as never))
	);
}
