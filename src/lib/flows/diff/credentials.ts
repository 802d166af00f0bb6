import type { Names } from './names.ts';
import type { CredentialChange, SnapshotSide } from './snapshot-diff.ts';

/** By node id. A mark tells that a value differs, and not which. */
export function diffCredentials(before: SnapshotSide, after: SnapshotSide, names: { before: Names; after: Names }): CredentialChange[] {
	const [earlier, later] = [before.credentials ?? {}, after.credentials ?? {}];
	return [...new Set([...Object.keys(earlier), ...Object.keys(later)])].sort().flatMap((id): CredentialChange[] => {
		const [old, next] = [earlier[id], later[id]];
		if (!next) return [{ kind: 'removed', node: names.before.of(id), names: [...old!.names] }];
		const node = names.after.of(id);
		if (!old) return [{ kind: 'added', node, names: [...next.names] }];
		if (old.mark === next.mark) return [];
		return [{ kind: 'changed', node, names: [...new Set([...old.names, ...next.names])].sort() }];
	});
}
