import { stringify } from 'yaml';

/** A value as YAML; long lines are not folded. */
export function yamlText(value: unknown): string {
	return stringify(value, { lineWidth: 0 });
}
