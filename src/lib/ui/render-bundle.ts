import type { BundleSummary, SealState } from '../bundle/bundle.ts';
import { shortId } from '../snapshot/snapshot.ts';
import { count, printable } from './printable.ts';
import type { Theme } from './theme.ts';

const SEALS: Record<SealState, string> = {
	checked: 'by the passphrase that is set here',
	unchecked: 'not checked: no passphrase is set here',
	none: 'none: anybody may have written it',
};

/** What a bundle holds, for people. */
export function renderBundle(bundle: BundleSummary, headline: string, theme: Theme): string {
	const { file, bytes, snapshot, tool, created, by, packages, nodeRed, plan, seal, installScripts } = bundle;
	return [
		`${headline} ${theme.strong(printable(file))} (${(bytes / 1_000_000).toFixed(1)} MB)`,
		`  snapshot  ${shortId(snapshot)}`,
		`  written   ${created} by ${printable(by)}, with flowferry ${printable(tool)}`,
		`  packages  ${count(packages, 'package')}; Node-RED itself is ${nodeRed ? 'among them' : 'not among them'}`,
		`  plan      ${plan ? 'one that was saved: applied exactly where it was made for, else for comparison' : 'none: it is made where the bundle is promoted'}`,
		`  seal      ${SEALS[seal]}`,
		...installScripts.map(
			(name) => `${theme.warning('warning')} ${printable(name)} runs a program of its own when it is installed, which may want a network`,
		),
	].join('\n');
}
