import type { JsonSchema } from './json-schema.ts';
import { configJsonSchema } from './json-schema.ts';

const INTRODUCTION = `# flowferry.yaml

The smallest configuration names a dev Node-RED and one environment:

\`\`\`yaml
dev:
  url: http://localhost:1880
environments:
  production:
    mode: hot-spare
\`\`\`

Everything else has a default. \`flowferry init\` writes such a file; \`templates/flowferry.yaml\` in the package shows every key.

- \`\${NAME}\` in a value reads the environment variable NAME; that it is not set is an error. \`\${NAME:-default}\` has a default, which
  also stands in for an empty variable. \`$\${\` is a literal \`\${\`. Write secrets this way and no other.
- Relative paths begin at the file's folder, and \`~\` is your home.
- Every mistake is reported with its line, column, key and remedy, and the command exits 2 before it changes anything.
- Editors check the file by \`templates/flowferry.schema.json\`; \`flowferry init\` links it.

## Keys
`;

/** `docs/configuration.md`: every key with its type, default and meaning, from the schema alone. */
export function renderReference(): string {
	const rows = rowsOf(configJsonSchema(), '').map(({ key, type, fallback, meaning }) => [`\`${key}\``, type, fallback, meaning]);
	return `${INTRODUCTION}\n${renderTable(['key', 'value', 'default', 'meaning'], rows)}`;
}

/** With columns padded, as the formatter wants Markdown. */
function renderTable(headings: string[], rows: string[][]): string {
	const widths = headings.map((heading, column) => Math.max(3, heading.length, ...rows.map((row) => row[column]!.length)));
	const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |\n`;
	return [headings, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('');
}

interface Row {
	key: string;
	type: string;
	fallback: string;
	meaning: string;
}

function rowsOf(schema: JsonSchema, prefix: string): Row[] {
	return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
		const key = prefix === '' ? name : `${prefix}.${name}`;
		const required = schema.required?.includes(name) ? 'required' : undefined;
		return [row(key, property, required), ...childRows(property, key)];
	});
}

function childRows(schema: JsonSchema, key: string): Row[] {
	if (schema.properties) return rowsOf(schema, key);
	if (schema.items) return childRows(schema.items, `${key}[]`);
	if (typeof schema.additionalProperties === 'object') return rowsOf(schema.additionalProperties, `${key}.NAME`);
	// The first key of a side tells which side is meant.
	return (schema.anyOf ?? []).flatMap((side) =>
		rowsOf(side, key).map((each, index) => (index === 0 ? { ...each, fallback: 'one of these' } : each)),
	);
}

function row(key: string, schema: JsonSchema, required: string | undefined): Row {
	const fallback = required ?? defaultOf(schema);
	return { key, type: typeOf(schema), fallback, meaning: (schema.description ?? '').replaceAll('|', '\\|') };
}

function defaultOf(schema: JsonSchema): string {
	const { default: fallback } = schema;
	const empty = typeof fallback === 'object' && fallback !== null && Object.keys(fallback).length === 0;
	return fallback === undefined || empty ? '' : `\`${inFlow(fallback)}\``;
}

/** A value as it is written on one line. */
function inFlow(value: unknown): string {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return String(value);
	return `{ ${Object.entries(value)
		.map(([key, each]) => `${key}: ${inFlow(each)}`)
		.join(', ')} }`;
}

function typeOf(schema: JsonSchema): string {
	if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
	const integer = schema.anyOf?.find((side) => side.type === 'integer');
	if (integer) return integer.minimum !== undefined ? `${integer.minimum} to ${integer.maximum}` : 'whole number';
	if (schema.type === 'array') return 'list';
	if (schema.type === 'boolean') return '`true`, `false`';
	return schema.type === 'string' ? 'text' : 'mapping';
}
