import type { FlowNode } from '../../flows/node.ts';
import type { SnapshotContent } from '../../snapshot/snapshot.ts';
import { type Lack, listNodes, nameOf, type Provisions } from './lack.ts';

interface Need {
	certainty: Lack['certainty'];
	what: string;
}

/**
 * Credentials that nodes need by their own properties, or that the release which serves has, and that neither the snapshot nor the
 * environment gives. An entry for the node, even with empty values, says that it is meant so.
 */
export function lacksOfCredentials(
	made: readonly FlowNode[],
	content: SnapshotContent,
	serving: SnapshotContent | null,
	{ credentials, environment }: Provisions,
): Lack[] {
	return made.flatMap((node) => {
		if (content.credentials?.[node.id] || Object.hasOwn(credentials, node.id)) return [];
		const need = needOf(node) ?? hadBefore(node, serving);
		if (need === null) return [];
		const name = nameOf(node);
		return [
			{
				kind: 'credentials',
				certainty: need.certainty,
				nodes: [name],
				message: `${listNodes([name])} ${need.what}, and neither the snapshot nor ${environment} has credentials for it`,
				remedy: `add them under environments.${environment}.credentials, by its id ${node.id}`,
			} satisfies Lack,
		];
	});
}

/** Node-RED's own nodes that say by a property that they use credentials; most types do not. */
function needOf(node: FlowNode): Need | null {
	const { type, authType, url, certType } = node;
	if (type === 'http request' && (authType === 'basic' || authType === 'digest' || authType === 'bearer')) {
		const address = String(url ?? '').trim();
		if (/^https?:\/\/[^/\s]*@/.test(address)) return null;
		// An address that comes with the message may hold them.
		const isWritten = address !== '' && !address.startsWith('{{');
		return { certainty: isWritten ? 'certain' : 'likely', what: `signs in by ${authType}` };
	}
	if (type === 'tls-config' && (certType === 'files' || certType === 'pfx' || certType === undefined || certType === '')) {
		const uploaded = [
			['certname', 'cert'],
			['keyname', 'key'],
			['caname', 'ca'],
			['p12name', 'p12'],
		].find(([name, path]) => isFilled(node[name as string]) && !isFilled(node[path as string]));
		if (uploaded) return { certainty: 'certain', what: `uses the uploaded file ${String(node[uploaded[0] as string])}` };
	}
	return null;
}

function hadBefore({ id }: FlowNode, serving: SnapshotContent | null): Need | null {
	const names = serving?.credentials?.[id]?.names ?? [];
	return names.length > 0 ? { certainty: 'likely', what: `has ${names.join(' and ')} in the release that serves` } : null;
}

function isFilled(value: unknown): boolean {
	return typeof value === 'string' && value.trim() !== '';
}
