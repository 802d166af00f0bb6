import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Lack, Provisions } from './lack.ts';

/** Where the versions that production would run by are not the ones that the snapshot was taken from. */
export function lacksOfVersions({ content, runtime }: Snapshot, { environment, nodeRed, node }: Provisions): Lack[] {
	const lacks: Lack[] = [];
	const { version } = content.nodeRed;
	if (nodeRed !== null && nodeRed.version !== version) {
		lacks.push({
			kind: 'node-red',
			certainty: 'certain',
			nodes: [],
			message:
				nodeRed.version === null
					? `environments.${environment}.nodeRed names ${nodeRed.folder}, which holds no Node-RED`
					: `environments.${environment}.nodeRed names ${nodeRed.folder}, which is Node-RED ${nodeRed.version}, but the snapshot was taken from ${version}${distance(nodeRed.version, version)}`,
			remedy: `leave out nodeRed to have ${version} installed from npm, or name a folder that holds it (…/node_modules/node-red)`,
		});
	}
	const taken = runtime?.node;
	if (taken && majorOf(node) < majorOf(taken)) {
		lacks.push({
			kind: 'node-red',
			certainty: 'likely',
			nodes: [],
			message: `production runs on Node.js ${node}, but the snapshot was taken on ${taken}: modules and functions may ask for what the older one lacks`,
			remedy: `run flowferry with Node.js ${majorOf(taken)} or later`,
		});
	}
	return lacks;
}

/** What an older one may lack. */
function distance(there: string, wanted: string): string {
	const [major, minor] = [majorOf(there) - majorOf(wanted), minorOf(there) - minorOf(wanted)];
	if (major < 0) return ': an older major version, which may lack nodes, and properties of nodes, that the flows use';
	return major === 0 && minor < 0 ? ': an older one, which may lack properties of nodes that the flows use' : '';
}

function majorOf(version: string): number {
	return Number(version.split('.')[0]);
}

function minorOf(version: string): number {
	return Number(version.split('.')[1]);
}
