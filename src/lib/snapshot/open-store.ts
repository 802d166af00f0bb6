import type { Environment } from '../adapters/git-client.ts';
import type { StorePlace } from '../config/store-config.ts';
import { openGitStore } from './git-store.ts';
import type { SnapshotStore } from './store.ts';
import { ownRepository, teamBranch, teamFolder } from './store-home.ts';

/** The store that a configuration names; nothing is opened or asked before it is used. @param project the configuration's folder; absolute */
export function openSnapshotStore(place: StorePlace, project: string, env: Environment): SnapshotStore {
	switch (place.kind) {
		case 'own':
			return openGitStore(ownRepository(place.path, env), place);
		case 'folder':
			return openGitStore(teamFolder(place.path, env), place);
		case 'branch':
			return openGitStore(teamBranch(project, place.branch, place.remote, env), place);
	}
}
