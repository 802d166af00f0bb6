import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The part of JSON Schema that zod writes for our configuration. */
export interface JsonSchema {
	type?: string;
	description?: string;
	default?: unknown;
	enum?: string[];
	anyOf?: JsonSchema[];
	properties?: Record<string, JsonSchema>;
	additionalProperties?: JsonSchema | boolean;
	items?: JsonSchema;
	required?: string[];
	minimum?: number;
	exclusiveMinimum?: number;
	maximum?: number;
	pattern?: string;
	format?: string;
	[keyword: string]: unknown;
}

/** What editors check `flowferry.yaml` by. It allows references where the loader does: `port: ${PORT}`. */
export function configJsonSchema(): JsonSchema {
	const schema = z.toJSONSchema(configSchema, { io: 'input', override: ({ jsonSchema }) => allowReferences(jsonSchema as JsonSchema) });
	return { ...(schema as JsonSchema), title: 'flowferry.yaml' };
}

/** As the file in `templates/`. */
export function renderJsonSchema(): string {
	return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

function allowReferences(schema: JsonSchema): void {
	// Formats and patterns are the loader's business: a reference fits none of them.
	if (schema.format === 'uri') delete schema.format;
	if (schema.format === 'starts_with') delete schema.format;
	if (schema.type === 'integer') {
		const { description, default: fallback, ...integer } = schema;
		if (integer.maximum === Number.MAX_SAFE_INTEGER) delete integer.maximum;
		for (const keyword of Object.keys(schema)) delete schema[keyword];
		Object.assign(schema, {
			...(description === undefined ? {} : { description }),
			...(fallback === undefined ? {} : { default: fallback }),
			anyOf: [integer, { type: 'string', pattern: '\\$\\{' }],
		});
	}
}
