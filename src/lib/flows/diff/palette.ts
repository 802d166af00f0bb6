import type { PaletteChange, SnapshotSide } from './snapshot-diff.ts';

/** By name. */
export function diffPalettes(before: SnapshotSide['palette'], after: SnapshotSide['palette']): PaletteChange[] {
	const earlier = new Map(before.map((module) => [module.name, module]));
	const later = new Map(after.map((module) => [module.name, module]));
	const names = [...new Set([...earlier.keys(), ...later.keys()])].sort();
	return names.flatMap((module): PaletteChange[] => {
		const [old, next] = [earlier.get(module), later.get(module)];
		if (!old) return [{ kind: 'added', module, version: next!.version }];
		if (!next) return [{ kind: 'removed', module, version: old.version }];
		if (old.version !== next.version) return [{ kind: 'changed', module, before: old.version, after: next.version }];
		const added = next.types.filter((type) => !old.types.includes(type)).sort();
		const removed = old.types.filter((type) => !next.types.includes(type)).sort();
		return added.length + removed.length > 0 ? [{ kind: 'types', module, added, removed }] : [];
	});
}
