import { printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** What an export for Kubernetes has written, and what to do with it. */
export function renderManifests(
	{
		files,
		fill,
	}: { files: readonly { path: string; kept: boolean }[]; fill: readonly { secret: string; key: string; values: readonly string[] }[] },
	{ folder, apply }: { /** As it was named. */ folder: string; apply: string },
	theme: Theme,
): string {
	const secrets =
		fill.length === 0
			? []
			: [
					'',
					'To fill in, before the pods of slot/ can start:',
					...fill.map(({ secret, key, values }) => `  ${secret} ${key}: ${values.join(', ')}`),
				];
	return [
		...files.map(({ path, kept }) => `${kept ? theme.dim('kept ') : theme.good('wrote')} ${printable(`${folder}/${path}`)}`),
		...secrets,
		'',
		`Next: ${theme.strong(`kubectl apply --server-side -k ${printable(apply)}`)}`,
	].join('\n');
}
