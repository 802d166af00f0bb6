import type { TextLanguage } from './snapshot-diff.ts';

/** By the property's name; what has one is a text even where it is a single line. */
const BY_PROPERTY: Record<string, TextLanguage> = {
	func: 'javascript',
	initialize: 'javascript',
	finalize: 'javascript',
	template: 'html',
	css: 'css',
	info: 'markdown',
};

/** What the type beside a property (`tot` of `to`, `payloadType` of `payload`) and a template's own setting say. */
const BY_TYPE: Record<string, TextLanguage> = {
	jsonata: 'jsonata',
	json: 'json',
	javascript: 'javascript',
	css: 'css',
	markdown: 'markdown',
};

/**
 * What a text is written in; null where nothing says that it is more than a word.
 * @param beside the object that the text is a property of
 */
export function languageOf(key: string, beside: Readonly<Record<string, unknown>>): TextLanguage | null {
	for (const type of key === 'template' ? [beside.format] : [beside[`${key}t`], beside[`${key}Type`]])
		if (typeof type === 'string' && Object.hasOwn(BY_TYPE, type)) return BY_TYPE[type]!;
	return Object.hasOwn(BY_PROPERTY, key) ? BY_PROPERTY[key]! : null;
}
